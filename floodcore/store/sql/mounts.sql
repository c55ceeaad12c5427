-- name: of_devices
-- All mounts of these devices, past ones included.
SELECT device_id, height_m, datum_m, valid_from, valid_to, source FROM mount
WHERE device_id = ANY(%(devices)s) ORDER BY device_id, valid_from
