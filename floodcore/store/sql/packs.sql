-- name: take_turn
-- One import at a time settles who is called what; without it two could each find a name free.
SELECT pg_advisory_xact_lock(hashtext('onemap packs'))

-- name: packs
-- All of them, or those named.
SELECT pack_id, title, timezone, licences, sources, storms FROM event_pack
WHERE %(pack_ids)s::text[] IS NULL OR pack_id = ANY(%(pack_ids)s) ORDER BY pack_id

-- name: devices_of
SELECT station_id, device_id FROM device WHERE pack_id = %(pack_id)s

-- name: taken_devices
SELECT device_id FROM device WHERE device_id = ANY(%(ids)s)

-- name: sites_of_devices
SELECT device_id, min(site_id) AS site_id FROM sensor WHERE device_id = ANY(%(ids)s) GROUP BY device_id

-- name: exported_devices
-- Devices with their quantities, those of one pack or all.
SELECT device.device_id, device.pack_id, coalesce(device.station_id, device.device_id) AS station_id,
    min(sensor.site_id) AS site_id, array_agg(sensor.quantity ORDER BY sensor.quantity) AS quantities
FROM device JOIN sensor USING (device_id)
WHERE (%(pack_id)s::text IS NULL OR device.pack_id = %(pack_id)s)
GROUP BY device.device_id ORDER BY device.device_id

-- name: exported_readings
-- In the order of time, and within a moment always the same.
SELECT reading.observed_at, sensor.device_id, sensor.quantity, reading.value, reading.source_quality,
    nullif(reading.received_at, reading.observed_at) AS received_at
FROM reading JOIN sensor USING (sensor_id)
WHERE reading.observed_at BETWEEN %(start)s AND %(end)s AND sensor.device_id = ANY(%(devices)s)
ORDER BY reading.observed_at, sensor.sensor_id
