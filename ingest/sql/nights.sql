-- name: ultrasonic
-- Level gauges over roads whose device tells a distance and hangs at a known height.
SELECT level.sensor_id, level.device_id, level.site_id, level.quantity, level.rollover_mm, site.kind, site.lon, site.lat
FROM sensor AS level
JOIN site USING (site_id)
JOIN sensor AS distance ON distance.device_id = level.device_id AND distance.quantity = 'distance'
JOIN mount ON mount.device_id = level.device_id
WHERE level.quantity = 'level' AND site.kind = ANY(%(kinds)s) AND mount.height_m IS NOT NULL
    AND mount.valid_from < %(ends)s AND (mount.valid_to IS NULL OR mount.valid_to >= %(ends)s)
ORDER BY level.sensor_id

-- name: river_gauges
SELECT sensor_id FROM sensor JOIN site USING (site_id)
WHERE quantity = 'level' AND kind = ANY(%(kinds)s) ORDER BY sensor_id

-- name: find
-- One that is open stays as it was found.
INSERT INTO finding (sensor_id, flag, begins, detail) VALUES (%(sensor_id)s, %(flag)s, %(ends)s, %(detail)s)
ON CONFLICT DO NOTHING

-- name: end_finding
UPDATE finding SET ends = %(ends)s
WHERE sensor_id = %(sensor_id)s AND flag = %(flag)s AND ends IS NULL AND begins < %(ends)s
