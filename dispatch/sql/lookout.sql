-- name: fresh
-- Readings of level sensors after the cursor, oldest first; `latest` tells cheaply which sensors have any. What was
-- observed before the horizon is history: an imported pack of last year's storms opens nothing today.
SELECT reading.sensor_id, sensor.site_id, reading.observed_at, reading.value AS depth_m, reading.quality
FROM latest
JOIN sensor USING (sensor_id)
LEFT JOIN dispatch_cursor AS judged USING (sensor_id)
CROSS JOIN LATERAL (
    SELECT one.sensor_id, one.observed_at, one.value, one.quality
    FROM reading AS one
    WHERE one.sensor_id = latest.sensor_id
        AND one.observed_at > %(horizon)s
        AND (judged.observed_at IS NULL OR one.observed_at > judged.observed_at)
    ORDER BY one.observed_at
    LIMIT %(limit)s
) AS reading
WHERE sensor.quantity = 'level'
    AND latest.observed_at > %(horizon)s
    AND (judged.observed_at IS NULL OR latest.observed_at > judged.observed_at)
ORDER BY reading.observed_at, reading.sensor_id
LIMIT %(limit)s

-- name: judged_lately
-- The last readings of each sensor up to the cursor, oldest first: what the watch knew when it ended.
SELECT reading.sensor_id, sensor.site_id, reading.observed_at, reading.value AS depth_m, reading.quality
FROM dispatch_cursor AS judged
JOIN sensor USING (sensor_id)
CROSS JOIN LATERAL (
    SELECT one.sensor_id, one.observed_at, one.value, one.quality
    FROM reading AS one
    WHERE one.sensor_id = judged.sensor_id AND one.observed_at <= judged.observed_at AND one.quality <> 3
    ORDER BY one.observed_at DESC
    LIMIT %(kept)s
) AS reading
ORDER BY reading.observed_at, reading.sensor_id

-- name: thresholds
SELECT site_id, level, depth_m, hysteresis_m, valid_from, valid_to, source
FROM threshold WHERE site_id = ANY(%(site_ids)s)

-- name: move_cursor
INSERT INTO dispatch_cursor (sensor_id, observed_at)
SELECT * FROM unnest(%(sensor_ids)s::integer[], %(times)s::timestamptz[])
ON CONFLICT (sensor_id) DO UPDATE SET observed_at = greatest(dispatch_cursor.observed_at, excluded.observed_at)
