-- The register whole, a statement a sheet; the columns are those of floodcore.register.sheets.

-- name: packs
SELECT pack_id, title, timezone, licences, sources, storms FROM event_pack

-- name: devices
SELECT device_id, pack_id, station_id FROM device

-- name: sites
SELECT site_id, name, name_en, kind, lon, lat, district, position, pack_id FROM site

-- name: sensors
SELECT device_id, quantity, site_id, dry_interval_s, rain_interval_s, burst_interval_s, rollover_mm FROM sensor

-- name: mounts
SELECT device_id, valid_from, valid_to, height_m, datum_m, source FROM mount

-- name: thresholds
SELECT site_id, level, valid_from, valid_to, depth_m, hysteresis_m, source FROM threshold

-- name: heard
-- The sensors that have ever been heard.
SELECT device_id, quantity FROM latest JOIN sensor USING (sensor_id)

-- name: newest_change
-- The journal knows of every change but of sensors that came by themselves.
SELECT coalesce(max(seq), 0) AS seq FROM journal WHERE entity = ANY(%(entities)s)

-- name: put_event_pack
INSERT INTO event_pack (pack_id, title, timezone, licences, sources, storms, imported_at)
VALUES (%(pack_id)s, %(title)s, %(timezone)s, %(licences)s, %(sources)s, %(storms)s, %(now)s)
ON CONFLICT (pack_id) DO UPDATE SET title = excluded.title, timezone = excluded.timezone,
    licences = excluded.licences, sources = excluded.sources, storms = excluded.storms

-- name: put_device
INSERT INTO device (device_id, pack_id, station_id) VALUES (%(device_id)s, %(pack_id)s, %(station_id)s)
ON CONFLICT (device_id) DO UPDATE SET pack_id = excluded.pack_id, station_id = excluded.station_id

-- name: put_site
INSERT INTO site (site_id, name, name_en, kind, lon, lat, district, position, pack_id)
VALUES (%(site_id)s, %(name)s, %(name_en)s, %(kind)s, %(lon)s, %(lat)s, %(district)s, %(position)s, %(pack_id)s)
ON CONFLICT (site_id) DO UPDATE SET
    name = excluded.name, name_en = excluded.name_en, kind = excluded.kind, lon = excluded.lon, lat = excluded.lat,
    district = excluded.district, position = excluded.position, pack_id = excluded.pack_id

-- name: put_sensor
INSERT INTO sensor (device_id, quantity, site_id, dry_interval_s, rain_interval_s, burst_interval_s, rollover_mm)
VALUES (%(device_id)s, %(quantity)s, %(site_id)s, %(dry_interval_s)s, %(rain_interval_s)s, %(burst_interval_s)s,
    %(rollover_mm)s)
ON CONFLICT (device_id, quantity) DO UPDATE SET
    site_id = excluded.site_id, dry_interval_s = excluded.dry_interval_s, rain_interval_s = excluded.rain_interval_s,
    burst_interval_s = excluded.burst_interval_s, rollover_mm = excluded.rollover_mm

-- name: put_mount
INSERT INTO mount (device_id, valid_from, valid_to, height_m, datum_m, source)
VALUES (%(device_id)s, %(valid_from)s, %(valid_to)s, %(height_m)s, %(datum_m)s, %(source)s)
ON CONFLICT (device_id, valid_from) DO UPDATE SET
    valid_to = excluded.valid_to, height_m = excluded.height_m, datum_m = excluded.datum_m, source = excluded.source

-- name: put_threshold
INSERT INTO threshold (site_id, level, valid_from, valid_to, depth_m, hysteresis_m, source)
VALUES (%(site_id)s, %(level)s, %(valid_from)s, %(valid_to)s, %(depth_m)s, %(hysteresis_m)s, %(source)s)
ON CONFLICT (site_id, level, valid_from) DO UPDATE SET
    valid_to = excluded.valid_to, depth_m = excluded.depth_m, hysteresis_m = excluded.hysteresis_m,
    source = excluded.source
