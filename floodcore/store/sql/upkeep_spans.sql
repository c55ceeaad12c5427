-- name: of_devices
-- For each device and span the sensors (of one quantity, or all) that were observed since it began, and since when; a
-- span without an end, or one that lasts, ends with the newest that can have come.
SELECT sensor.sensor_id, one.observed_at AS earliest, least(span.ends, %(until)s) AS latest
FROM unnest(%(devices)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS span (device_id, begins, ends)
JOIN sensor USING (device_id)
CROSS JOIN LATERAL (
    SELECT observed_at FROM reading
    WHERE reading.sensor_id = sensor.sensor_id AND observed_at >= span.begins
        AND observed_at <= least(span.ends, %(until)s)
    ORDER BY observed_at LIMIT 1
) AS one
WHERE %(quantity)s::text IS NULL OR sensor.quantity = %(quantity)s
ORDER BY sensor.sensor_id
