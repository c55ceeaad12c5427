-- name: device
SELECT device_id FROM device WHERE device_id = %(device_id)s

-- name: asked
SELECT * FROM device_command WHERE device_id = %(device_id)s

-- name: ask
INSERT INTO device_command (device_id, interval_s, asked_at, asked_by)
VALUES (%(device_id)s, %(interval_s)s, %(now)s, %(actor)s)
ON CONFLICT (device_id) DO UPDATE
SET interval_s = excluded.interval_s, asked_at = excluded.asked_at, asked_by = excluded.asked_by
RETURNING *

-- name: take_back
DELETE FROM device_command WHERE device_id = %(device_id)s
