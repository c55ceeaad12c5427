-- name: device
SELECT device_id FROM device WHERE device_id = %(device_id)s

-- name: plan
INSERT INTO maintenance (device_id, begins, ends, reason, author)
VALUES (%(device_id)s, %(begins)s, %(ends)s, %(reason)s, %(author)s)
RETURNING *

-- name: lock
SELECT * FROM maintenance WHERE maintenance_id = %(maintenance_id)s FOR UPDATE

-- name: end
UPDATE maintenance SET ends = %(ends)s WHERE maintenance_id = %(maintenance_id)s RETURNING *

-- name: call_off
DELETE FROM maintenance WHERE maintenance_id = %(maintenance_id)s

-- name: windows
-- Newest first: of a device, or all; of one state, or all.
SELECT * FROM (
    SELECT *, CASE WHEN begins > %(now)s THEN 'planned' WHEN ends > %(now)s THEN 'under_way' ELSE 'over' END AS state
    FROM maintenance
) AS windows
WHERE (%(number)s::bigint IS NULL OR maintenance_id < %(number)s)
    AND (%(device_id)s::text IS NULL OR device_id = %(device_id)s)
    AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY maintenance_id DESC
LIMIT %(limit)s
