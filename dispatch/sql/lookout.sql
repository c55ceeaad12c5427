-- A reading counts from when it was observed or, where the device's clock runs ahead, from when we had it: a cursor that
-- stood in the future would hide what comes until then. What it is worth says `observation`: a person's correction, or
-- what the gauge told; bad while somebody works at the gauge.

-- name: fresh
-- Readings of level sensors after the cursor, oldest first; `latest` tells cheaply which sensors have any. What was
-- observed before the horizon is history: an imported pack of last year's storms opens nothing today. Of several that
-- came together from ahead of time the deepest counts. What came just now and is not judged yet is left for the next look,
-- with all that came after it: a value that a person corrects for the time being must not open with each reading what its
-- judgement closes a moment later; without a judge nobody waits. `greatest` passes over a cursor that is not there yet; the
-- horizon stands alone besides, as it spares the planner the chunks of earlier years.
SELECT reading.sensor_id, sensor.site_id, reading.observed_at, reading.value AS depth_m, reading.quality
FROM latest
JOIN sensor USING (sensor_id)
LEFT JOIN dispatch_cursor AS judged USING (sensor_id)
CROSS JOIN LATERAL (
    SELECT one.sensor_id, least(one.observed_at, one.received_at) AS observed_at, one.value, one.quality,
        bool_and(one.judged_at IS NOT NULL OR coalesce(one.received_at <= %(unjudged_until)s, true))
            OVER (ORDER BY least(one.observed_at, one.received_at), one.value DESC) AS is_ready
    FROM observation AS one
    WHERE one.sensor_id = latest.sensor_id
        AND one.observed_at > %(horizon)s
        AND one.observed_at > greatest(%(horizon)s, judged.observed_at)
        AND one.received_at > greatest(%(horizon)s, judged.observed_at)
    ORDER BY 2, one.value DESC
    LIMIT %(limit)s
) AS reading
WHERE sensor.quantity = 'level' AND reading.is_ready
    AND latest.observed_at > greatest(%(horizon)s, judged.observed_at)
ORDER BY reading.observed_at, reading.sensor_id, reading.value DESC
LIMIT %(limit)s

-- name: judged_lately
-- The last readings of each sensor up to the cursor, oldest first: what the watch knew when it ended.
SELECT reading.sensor_id, sensor.site_id, reading.observed_at, reading.value AS depth_m, reading.quality
FROM dispatch_cursor AS judged
JOIN sensor USING (sensor_id)
CROSS JOIN LATERAL (
    SELECT one.sensor_id, least(one.observed_at, one.received_at) AS observed_at, one.value, one.quality
    FROM observation AS one
    WHERE one.sensor_id = judged.sensor_id AND least(one.observed_at, one.received_at) <= judged.observed_at
        AND one.quality <> 3
    ORDER BY one.observed_at DESC
    LIMIT %(kept)s
) AS reading
ORDER BY reading.observed_at, reading.sensor_id

-- name: late
-- Readings at or above a threshold of their day that lie behind the cursor and that no incident accounts for: none that
-- is as deep stands, or ended after them. With each the incident that it belongs to. Ten seconds are the pace of the
-- quickest gauges: what one of its own overtakes is as late as that; the index `reading_late` holds no others.
WITH spell AS (
    SELECT incident_id, site_id, coalesce(closed_at, 'infinity') AS until, peak_depth_m FROM incident
    WHERE kind = 'water' AND (closed_at IS NULL OR closed_at > %(since)s)
)
SELECT sensor.site_id, reading.observed_at, reading.value AS depth_m, (
    SELECT spell.incident_id FROM spell
    WHERE spell.site_id = sensor.site_id AND spell.until >= reading.observed_at
    ORDER BY spell.until
    LIMIT 1
) AS incident_id
FROM observation AS reading
JOIN sensor USING (sensor_id)
JOIN dispatch_cursor AS judged USING (sensor_id)
WHERE reading.received_at - reading.observed_at > INTERVAL '10 seconds'
    AND reading.observed_at > %(since)s
    AND reading.observed_at <= judged.observed_at
    AND reading.quality <> 3
    AND sensor.quantity = 'level'
    AND EXISTS (
        SELECT FROM threshold
        WHERE threshold.site_id = sensor.site_id AND threshold.depth_m <= reading.value
            AND threshold.valid_from <= reading.observed_at
            AND (threshold.valid_to IS NULL OR reading.observed_at < threshold.valid_to)
    )
    AND NOT EXISTS (
        SELECT FROM spell
        WHERE spell.site_id = sensor.site_id AND spell.until >= reading.observed_at
            AND spell.peak_depth_m >= reading.value
    )

-- name: judged_again
-- The readings of these sites since a moment, up to the cursor.
SELECT reading.sensor_id, sensor.site_id, least(reading.observed_at, reading.received_at) AS observed_at,
    reading.value AS depth_m
FROM sensor
JOIN dispatch_cursor AS judged USING (sensor_id)
JOIN observation AS reading USING (sensor_id)
WHERE sensor.site_id = ANY(%(site_ids)s)
    AND sensor.quantity = 'level'
    AND reading.observed_at > %(since)s
    AND least(reading.observed_at, reading.received_at) <= judged.observed_at
    AND reading.quality <> 3
ORDER BY 3, reading.sensor_id, reading.value DESC

-- name: judged_otherwise
-- Sites with an open water incident of whose readings since it opened some were judged bad, or given another value, after
-- a moment.
SELECT DISTINCT sensor.site_id
FROM incident
JOIN sensor USING (site_id)
JOIN reading USING (sensor_id)
WHERE incident.kind = 'water' AND incident.closed_at IS NULL AND sensor.quantity = 'level'
    AND reading.observed_at >= incident.opened_at AND reading.observed_at >= %(opened)s
    AND reading.judged_at > %(since)s AND (reading.quality = 3 OR reading.adjusted IS NOT NULL)

-- name: passed_over
-- Sites without a water incident where a gauge's newest reading, which has been looked at, is at or above a threshold of
-- its day: when it was looked at, it was bad or worth less.
SELECT DISTINCT sensor.site_id
FROM latest
JOIN sensor USING (sensor_id)
JOIN dispatch_cursor AS judged USING (sensor_id)
WHERE sensor.quantity = 'level' AND latest.quality <> 3 AND latest.observed_at > %(since)s
    AND least(latest.observed_at, latest.received_at) <= judged.observed_at
    AND EXISTS (
        SELECT FROM threshold
        WHERE threshold.site_id = sensor.site_id AND threshold.depth_m <= coalesce(latest.adjusted, latest.value)
            AND threshold.valid_from <= latest.observed_at
            AND (threshold.valid_to IS NULL OR latest.observed_at < threshold.valid_to)
    )
    AND NOT EXISTS (
        SELECT FROM incident
        WHERE incident.site_id = sensor.site_id AND incident.kind = 'water' AND incident.closed_at IS NULL
    )

-- name: worked_on
-- Level sensors at whose device somebody works or has worked lately, and until when.
SELECT sensor_id, max(ends) AS ends
FROM maintenance JOIN sensor USING (device_id)
WHERE sensor.quantity = 'level' AND begins <= %(now)s AND ends > %(since)s
GROUP BY sensor_id

-- name: move_cursor
INSERT INTO dispatch_cursor (sensor_id, observed_at)
SELECT * FROM unnest(%(sensor_ids)s::integer[], %(times)s::timestamptz[])
ON CONFLICT (sensor_id) DO UPDATE SET observed_at = greatest(dispatch_cursor.observed_at, excluded.observed_at)
