-- name: latest
-- The newest reading of these sensors, or of all; worth what `observation` says. A device is offline when it, or the broker for it, said so and nothing
-- has come from it since.
SELECT sensor_id, observed_at, received_at, coalesce(adjusted, value) AS value, value AS raw, flags,
    CASE WHEN quality = 0 AND EXISTS (
        SELECT FROM maintenance
        WHERE maintenance.device_id = device.device_id AND begins <= observed_at AND observed_at < ends
    ) THEN 3 ELSE quality END AS quality,
    coalesce(device.status = 'offline' AND device.status_at >= latest.received_at, false) AS is_offline
FROM latest JOIN sensor USING (sensor_id) JOIN device USING (device_id)
WHERE %(sensor_ids)s::integer[] IS NULL OR sensor_id = ANY(%(sensor_ids)s::integer[])

-- name: samples
-- The last readings of each of these sensors up to a moment of its own, oldest first. The span spares the planner the
-- chunks of earlier years.
SELECT asked.sensor_id, one.observed_at, one.value, one.quality
FROM unnest(%(sensor_ids)s::integer[], %(until)s::timestamptz[]) AS asked (sensor_id, until)
CROSS JOIN LATERAL (
    SELECT observed_at, value, quality
    FROM observation
    WHERE observation.sensor_id = asked.sensor_id AND observed_at <= asked.until
        AND observed_at > asked.until - INTERVAL '6 hours'
    ORDER BY observed_at DESC
    LIMIT %(kept)s
) AS one
ORDER BY asked.sensor_id, one.observed_at

-- name: last_runs
-- The last runs that had been issued by now, newest first.
SELECT run_id, issue_time FROM forecast_run
WHERE issue_time > %(since)s AND issue_time <= %(now)s
ORDER BY issue_time DESC, run_id DESC
LIMIT %(kept)s

-- name: run_values
SELECT site_id, run_id, issue_time, produced_by, valid_time, q05, q25, q50, q75, q95, crossing
FROM forecast_value JOIN forecast_run USING (run_id, issue_time)
WHERE run_id = %(run_id)s AND issue_time = %(issue_time)s
ORDER BY site_id, valid_time

-- name: incidents
-- Those that stand, those that closed lately, and those whose alarm nobody has seen yet: of these the last 200, so
-- that a wall nobody looks at for a season does not carry every shower of it.
SELECT * FROM incident WHERE closed_at IS NULL OR closed_at > %(since)s
UNION
(SELECT * FROM incident WHERE alarm = 'returned' ORDER BY incident_id DESC LIMIT 200)
ORDER BY incident_id

-- name: orders
-- Those that bind a team, and those that ended lately.
SELECT * FROM dispatch_order
WHERE state NOT IN ('done', 'declined', 'recalled') OR coalesce(done_at, ended_at) > %(since)s
ORDER BY order_id
