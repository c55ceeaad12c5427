-- name: put_statuses
-- `status_at` is when the status changed, as far as we know: a retained status that comes again with every subscription
-- changes nothing. A device that the register does not know is passed over; its status comes again with the next one.
-- Locked in one order, as every copy of ingest hears every status.
WITH changed AS (
    SELECT device_id, said.status, said.at
    FROM device JOIN unnest(%(devices)s::text[], %(statuses)s::text[], %(times)s::timestamptz[])
        AS said (device_id, status, at) USING (device_id)
    WHERE device.status <> said.status
    ORDER BY device_id
    FOR UPDATE OF device
), written AS (
    UPDATE device SET status = changed.status, status_at = changed.at
    FROM changed WHERE device.device_id = changed.device_id
    RETURNING device.device_id
)
SELECT sensor_id FROM sensor JOIN written USING (device_id) ORDER BY sensor_id
