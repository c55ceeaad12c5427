-- name: devices
-- By name. Who works at a device now, and until when; of several windows the one that lasts longest.
SELECT device_id, status, status_at, interval_s AS asked_interval_s, asked_at, (
    SELECT max(ends) FROM maintenance
    WHERE maintenance.device_id = device.device_id AND begins <= %(now)s AND ends > %(now)s
) AS maintained_until
FROM device LEFT JOIN device_command USING (device_id)
WHERE device_id > %(after)s
ORDER BY device_id
LIMIT %(limit)s
