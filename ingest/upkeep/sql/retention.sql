-- name: old_chunks
-- Wholly before a moment, oldest first.
SELECT format('%%I.%%I', chunk_schema, chunk_name) AS chunk, range_start AS begins, range_end AS ends
FROM timescaledb_information.chunks
WHERE hypertable_schema = current_schema() AND hypertable_name = %(hypertable)s AND range_end <= %(before)s
ORDER BY range_start

-- name: planned
-- The file that was begun for this span and whose readings are still here.
SELECT name FROM archived
WHERE what = %(what)s AND begins = %(begins)s AND ends = %(ends)s AND dropped_at IS NULL

-- name: plan
INSERT INTO archived (name, what, begins, ends) VALUES (%(name)s, %(what)s, %(begins)s, %(ends)s)

-- name: be_brief
-- Whoever uses what we drop goes first: we come again.
SET LOCAL lock_timeout = '5s'

-- name: readings
SELECT count(*) AS n FROM reading WHERE observed_at >= %(begins)s AND observed_at < %(ends)s

-- name: is_unsettled
-- Whether readings before this moment wait to be judged and summed up; another's turn that has not ended counts.
SELECT EXISTS (
    SELECT FROM changed, unnest(changed.earliest) AS span (earliest) WHERE span.earliest < %(ends)s
) AS is_unsettled

-- name: drop_readings
-- A chunk's span is its own: there is nothing else between its two ends.
SELECT drop_chunks('reading', older_than => %(ends)s::timestamptz, newer_than => %(begins)s::timestamptz)

-- name: forget_unjudgeable
DELETE FROM unjudgeable WHERE latest < %(ends)s

-- name: note_dropped
INSERT INTO archived (name, what, begins, ends, n, dropped_at)
VALUES (%(name)s, %(what)s, %(begins)s, %(ends)s, %(n)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET n = excluded.n, dropped_at = excluded.dropped_at

-- name: conflicts
-- Written out by the very statement that deletes them: there is no moment in between.
COPY (
    WITH gone AS (
        DELETE FROM reading_conflict WHERE observed_at < %(before)s RETURNING sensor_id, observed_at, value, received_at
    )
    SELECT device_id, quantity, gone.* FROM gone LEFT JOIN sensor USING (sensor_id)
) TO STDOUT (FORMAT csv, HEADER)

-- name: past_judgements
COPY (
    WITH gone AS (
        DELETE FROM past_judgement WHERE observed_at < %(before)s
        RETURNING sensor_id, observed_at, judged_at, until, quality, flags, adjusted
    )
    SELECT device_id, quantity, gone.* FROM gone LEFT JOIN sensor USING (sensor_id)
) TO STDOUT (FORMAT csv, HEADER)

-- name: quarantine
COPY (
    DELETE FROM quarantine WHERE received_at < %(before)s
    RETURNING quarantine_id, received_at, topic, payload, content_type, reason, detail, records, seen
) TO STDOUT (FORMAT csv, HEADER)

-- name: judgements
-- What the checks and people made of the readings of a span; a pack tells what was measured.
COPY (
    SELECT device_id, quantity, sensor_id, observed_at, judged_at, reading.quality, flags, adjusted
    FROM reading LEFT JOIN sensor USING (sensor_id)
    WHERE observed_at >= %(begins)s AND observed_at < %(ends)s AND (flags <> 0 OR adjusted IS NOT NULL)
    ORDER BY observed_at, sensor_id
) TO STDOUT (FORMAT csv, HEADER)

-- name: forecasts
COPY (
    SELECT produced_by, created_at, forecast_value.*
    FROM forecast_value LEFT JOIN forecast_run USING (run_id, issue_time)
    WHERE issue_time >= %(begins)s AND issue_time < %(ends)s
    ORDER BY issue_time, run_id, site_id, valid_time
) TO STDOUT (FORMAT csv, HEADER)

-- name: drop_forecasts
SELECT drop_chunks('forecast_value', older_than => %(ends)s::timestamptz, newer_than => %(begins)s::timestamptz)

-- name: drop_runs
DELETE FROM forecast_run WHERE issue_time < %(ends)s
    AND NOT EXISTS (SELECT FROM forecast_value AS said WHERE said.run_id = forecast_run.run_id AND said.issue_time = forecast_run.issue_time)
