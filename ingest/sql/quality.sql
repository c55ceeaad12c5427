-- name: take_turn
-- Judges take turns: whoever comes second sees all that the first has written, and no judgement is overtaken by an older.
SELECT pg_advisory_xact_lock(7301202107210)

-- name: subjects
-- These sensors, and those of the same devices from which their values are computed or which are computed from theirs.
SELECT sensor.sensor_id, sensor.device_id, sensor.site_id, sensor.quantity, sensor.rollover_mm, site.kind, site.lon, site.lat
FROM sensor JOIN site USING (site_id)
WHERE sensor.sensor_id = ANY(%(sensor_ids)s)
    OR (sensor.quantity = ANY(%(computed)s) AND sensor.device_id IN (
        SELECT device_id FROM sensor AS asked
        WHERE asked.sensor_id = ANY(%(sensor_ids)s) AND asked.quantity = ANY(%(computed)s)
    ))
ORDER BY sensor.sensor_id

-- name: maintenance
SELECT maintenance_id, device_id, begins, ends, reason, author FROM maintenance
WHERE device_id = ANY(%(devices)s) ORDER BY maintenance_id

-- name: corrections
SELECT correction_id, sensor_id, begins, ends, action, value, author, reason FROM correction
WHERE sensor_id = ANY(%(sensor_ids)s) AND revoked_at IS NULL ORDER BY correction_id

-- name: next_total
-- The first total that can be used after each of these moments: the amount up to it is counted from what came in between.
SELECT asked.sensor_id, (
    SELECT observed_at FROM reading
    WHERE reading.sensor_id = asked.sensor_id AND reading.observed_at > asked.at AND reading.quality <> 3
    ORDER BY observed_at LIMIT 1
) AS observed_at
FROM unnest(%(sensor_ids)s::integer[], %(moments)s::timestamptz[]) AS asked (sensor_id, at)

-- name: total_before
-- The last total that can be used before each of these moments: the amount after it is counted from there.
SELECT asked.sensor_id, (
    SELECT observed_at FROM reading
    WHERE reading.sensor_id = asked.sensor_id AND reading.observed_at < asked.at AND reading.quality <> 3
    ORDER BY observed_at DESC LIMIT 1
) AS observed_at
FROM unnest(%(sensor_ids)s::integer[], %(moments)s::timestamptz[]) AS asked (sensor_id, at)

-- name: add_computed
-- Where what is computed from these sensors is kept: beside them. In one order for all writers.
INSERT INTO sensor (device_id, site_id, quantity)
SELECT sensor.device_id, sensor.site_id, asked.computed
FROM sensor JOIN unnest(%(sensor_ids)s::integer[], %(computed)s::text[]) AS asked (sensor_id, computed) USING (sensor_id)
ORDER BY sensor.device_id, asked.computed
ON CONFLICT DO NOTHING
