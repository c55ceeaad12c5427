-- name: readings
-- Of one quantity at a site, oldest first; several gauges of one place stand side by side.
SELECT sensor_id, observed_at, received_at, value, raw, quality, flags
FROM observation
WHERE sensor_id = ANY(ARRAY(SELECT sensor_id FROM sensor WHERE site_id = %(site_id)s AND quantity = %(quantity)s))
    AND observed_at BETWEEN %(from)s AND %(to)s
    AND (%(at)s::timestamptz IS NULL OR (observed_at, sensor_id::bigint) > (%(at)s, %(number)s::bigint))
ORDER BY observed_at, sensor_id
LIMIT %(limit)s

-- name: rollups
-- Of one quantity at a site and of one width, oldest first.
SELECT sensor_id, begins, n, bad, mean, lowest, highest, last, total
FROM rollup
WHERE sensor_id = ANY(ARRAY(SELECT sensor_id FROM sensor WHERE site_id = %(site_id)s AND quantity = %(quantity)s))
    AND every_min = %(every_min)s
    AND begins BETWEEN %(from)s AND %(to)s
    AND (%(at)s::timestamptz IS NULL OR (begins, sensor_id::bigint) > (%(at)s, %(number)s::bigint))
ORDER BY begins, sensor_id
LIMIT %(limit)s

-- name: forecasts_of_site
-- The runs that speak of a site, newest first, with all that they say about it.
SELECT run.run_id, run.issue_time, run.produced_by, said.valid_time, said.q05, said.q25, said.q50, said.q75, said.q95,
    said.crossing
FROM (
    SELECT run_id, issue_time, produced_by
    FROM forecast_run
    WHERE EXISTS (
            SELECT FROM forecast_value AS one
            WHERE one.site_id = %(site_id)s AND one.issue_time = forecast_run.issue_time
                AND one.run_id = forecast_run.run_id
        )
        AND (%(after)s::timestamptz IS NULL OR issue_time >= %(after)s)
        AND (%(before)s::timestamptz IS NULL OR issue_time <= %(before)s)
        AND (%(forecaster)s::text IS NULL OR produced_by = %(forecaster)s)
        AND (%(at)s::timestamptz IS NULL OR (issue_time, run_id) < (%(at)s, %(number)s::bigint))
    ORDER BY issue_time DESC, run_id DESC
    LIMIT %(limit)s
) AS run
JOIN forecast_value AS said ON said.site_id = %(site_id)s AND said.issue_time = run.issue_time
    AND said.run_id = run.run_id
ORDER BY run.issue_time DESC, run.run_id DESC, said.valid_time

-- name: runs
SELECT run_id, issue_time, created_at, produced_by, (
    SELECT count(DISTINCT site_id) FROM forecast_value AS said
    WHERE said.run_id = forecast_run.run_id AND said.issue_time = forecast_run.issue_time
) AS sites
FROM forecast_run
WHERE %(at)s::timestamptz IS NULL OR (issue_time, run_id) < (%(at)s, %(number)s::bigint)
ORDER BY issue_time DESC, run_id DESC
LIMIT %(limit)s

-- name: incidents
-- Newest first; for a crew those that it has or had an order for.
SELECT * FROM incident
WHERE (%(number)s::bigint IS NULL OR incident_id < %(number)s)
    AND (%(is_open)s::boolean IS NULL OR (closed_at IS NULL) = %(is_open)s)
    AND (%(team_id)s::text IS NULL OR EXISTS (
        SELECT FROM dispatch_order AS own WHERE own.incident_id = incident.incident_id AND own.team_id = %(team_id)s
    ))
    AND (%(incident_id)s::bigint IS NULL OR incident_id = %(incident_id)s)
ORDER BY incident_id DESC
LIMIT %(limit)s

-- name: orders
-- Newest first.
SELECT * FROM dispatch_order
WHERE (%(number)s::bigint IS NULL OR order_id < %(number)s)
    AND (%(state)s::text IS NULL OR state = %(state)s)
    AND (%(team_id)s::text IS NULL OR team_id = %(team_id)s)
    AND (%(order_id)s::bigint IS NULL OR order_id = %(order_id)s)
ORDER BY order_id DESC
LIMIT %(limit)s

-- name: quarantine
-- Newest first.
SELECT quarantine_id, received_at, topic, content_type, reason, detail, records, seen, length(payload) AS size_bytes,
    substring(payload FOR 200) AS beginning
FROM quarantine
WHERE %(number)s::bigint IS NULL OR quarantine_id < %(number)s
ORDER BY quarantine_id DESC
LIMIT %(limit)s
