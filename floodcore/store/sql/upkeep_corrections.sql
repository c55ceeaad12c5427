-- name: sensors
-- One by its number, or those of a quantity at a site.
SELECT sensor_id, device_id, site_id, quantity FROM sensor
WHERE sensor_id = %(sensor_id)s OR (site_id = %(site_id)s AND quantity = %(quantity)s)
ORDER BY sensor_id

-- name: make
INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at)
VALUES (%(sensor_id)s, %(begins)s, %(ends)s, %(action)s, %(value)s, %(author)s, %(reason)s, %(now)s)
RETURNING *

-- name: lock
SELECT * FROM correction WHERE correction_id = %(correction_id)s FOR UPDATE

-- name: revoke
UPDATE correction SET revoked_at = %(now)s, revoked_by = %(actor)s WHERE correction_id = %(correction_id)s RETURNING *

-- name: corrections
-- Newest first, with what they are of; those revoked stay in the list.
SELECT correction.*, sensor.device_id, sensor.site_id, sensor.quantity
FROM correction JOIN sensor USING (sensor_id)
WHERE (%(number)s::bigint IS NULL OR correction_id < %(number)s)
    AND (%(correction_id)s::bigint IS NULL OR correction_id = %(correction_id)s)
    AND (%(sensor_id)s::integer IS NULL OR sensor_id = %(sensor_id)s)
    AND (%(site_id)s::text IS NULL OR sensor.site_id = %(site_id)s)
ORDER BY correction_id DESC
LIMIT %(limit)s
