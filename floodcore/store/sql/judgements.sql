-- name: readings_in
-- The span over all spares the planner every chunk that none of them touches. No column is ever NULL: numpy reads the
-- rows as they stand.
COPY (
    SELECT one.sensor_id, one.observed_at, one.value, one.quality, one.flags,
        coalesce(one.adjusted, 'NaN'::float8), one.judged_at IS NOT NULL
    FROM unnest(%(sensor_ids)s::integer[], %(froms)s::timestamptz[], %(tos)s::timestamptz[])
        AS asked (sensor_id, earliest, latest)
    CROSS JOIN LATERAL (
        SELECT * FROM reading
        WHERE reading.sensor_id = asked.sensor_id
            AND reading.observed_at BETWEEN asked.earliest AND asked.latest
            AND reading.observed_at BETWEEN %(earliest)s::timestamptz AND %(last)s::timestamptz
    ) AS one
) TO STDOUT (FORMAT binary)

-- name: staging
-- One a connection. Emptied at every commit, and by hand for a second round in the same transaction.
CREATE TEMP TABLE IF NOT EXISTS judged (
    sensor_id   integer NOT NULL,
    observed_at timestamptz NOT NULL,
    quality     smallint NOT NULL,
    flags       integer NOT NULL,
    adjusted    double precision NOT NULL -- NaN: none
) ON COMMIT DELETE ROWS

-- name: empty_staging
TRUNCATE judged

-- name: stage
COPY judged (sensor_id, observed_at, quality, flags, adjusted) FROM STDIN (FORMAT binary)

-- name: keep_past
-- Of several judgements of one moment the one that held before it is kept: the others held for no time at all.
INSERT INTO past_judgement (sensor_id, observed_at, judged_at, until, quality, flags, adjusted)
SELECT sensor_id, observed_at, reading.judged_at, %(now)s, reading.quality, reading.flags, reading.adjusted
FROM judged JOIN reading USING (sensor_id, observed_at)
WHERE reading.judged_at IS NOT NULL AND reading.observed_at BETWEEN %(earliest)s AND %(last)s
ON CONFLICT DO NOTHING

-- name: judge
UPDATE reading
SET quality = judged.quality, flags = judged.flags, adjusted = nullif(judged.adjusted, 'NaN'), judged_at = %(now)s
FROM judged
WHERE reading.sensor_id = judged.sensor_id AND reading.observed_at = judged.observed_at
    AND reading.observed_at BETWEEN %(earliest)s AND %(last)s

-- name: judge_latest
-- Only where it says something else. Locked in the order in which readings are stored, so that the two cannot lock each
-- other out; and where a newer one has come until then, that one stands. That one which nobody had checked is good is no
-- news: nearly all are.
WITH worth AS MATERIALIZED (
    SELECT reading.sensor_id, reading.observed_at, reading.quality, reading.flags, reading.adjusted
    FROM latest JOIN reading USING (sensor_id, observed_at)
    WHERE latest.sensor_id = ANY(%(sensor_ids)s) AND reading.observed_at BETWEEN %(earliest)s AND %(last)s
        AND (latest.quality, latest.flags, latest.adjusted)
            IS DISTINCT FROM (reading.quality, reading.flags, reading.adjusted)
), held AS (
    SELECT latest.sensor_id, worth.quality, worth.flags, worth.adjusted,
        latest.flags <> worth.flags OR latest.adjusted IS DISTINCT FROM worth.adjusted
            OR (latest.quality <> worth.quality AND NOT (latest.quality = 0 AND worth.quality = 1)) AS is_news
    FROM latest JOIN worth USING (sensor_id, observed_at)
    ORDER BY latest.sensor_id
    FOR UPDATE OF latest
)
UPDATE latest SET quality = held.quality, flags = held.flags, adjusted = held.adjusted
FROM held WHERE latest.sensor_id = held.sensor_id
RETURNING latest.sensor_id, held.is_news
