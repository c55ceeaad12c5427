-- name: sites
SELECT site_id, name, name_en, kind, lon, lat, district, position, pack_id FROM site ORDER BY site_id

-- name: credits
-- Whom to name wherever a pack's data are shown.
SELECT pack_id, coalesce(sources -> 0 ->> 'title', title) AS credit FROM event_pack ORDER BY pack_id

-- name: sensors
SELECT sensor_id, device_id, site_id, quantity FROM sensor ORDER BY sensor_id

-- name: cadences
-- Of the sensors of these sites, or of all where none are named.
SELECT sensor_id, kind, dry_interval_s, rain_interval_s, burst_interval_s FROM sensor JOIN site USING (site_id)
WHERE %(site_ids)s::text[] IS NULL OR site_id = ANY(%(site_ids)s::text[])

-- name: thresholds
-- Of these sites, or of all where none are named.
SELECT site_id, level, depth_m, hysteresis_m, valid_from, valid_to, source FROM threshold
WHERE %(site_ids)s::text[] IS NULL OR site_id = ANY(%(site_ids)s::text[])
ORDER BY site_id, level, valid_from

-- name: put_site
INSERT INTO site (site_id, name, name_en, kind, lon, lat, district, position, pack_id)
VALUES (%(site_id)s, %(name)s, %(name_en)s, %(kind)s, %(lon)s, %(lat)s, %(district)s, %(position)s, %(pack_id)s)
ON CONFLICT (site_id) DO UPDATE SET
    name = excluded.name, name_en = excluded.name_en, kind = excluded.kind, lon = excluded.lon, lat = excluded.lat,
    district = excluded.district, position = excluded.position, pack_id = excluded.pack_id

-- name: put_device
INSERT INTO device (device_id) VALUES (%(device_id)s) ON CONFLICT DO NOTHING

-- name: put_sensor
-- A device's quantity stays at the site where it first was: moving it would rewrite what was observed there.
INSERT INTO sensor (device_id, site_id, quantity) VALUES (%(device_id)s, %(site_id)s, %(quantity)s)
ON CONFLICT (device_id, quantity) DO NOTHING

-- name: threshold_in_force
SELECT site_id, level, depth_m, hysteresis_m, valid_from, valid_to, source FROM threshold
WHERE site_id = %(site_id)s AND level = %(level)s AND (valid_to IS NULL OR valid_to > %(now)s)
ORDER BY valid_from DESC LIMIT 1
FOR UPDATE

-- name: end_threshold
UPDATE threshold SET valid_to = %(valid_to)s
WHERE site_id = %(site_id)s AND level = %(level)s AND valid_from = %(valid_from)s

-- name: add_threshold
INSERT INTO threshold (site_id, level, depth_m, hysteresis_m, valid_from, valid_to, source)
VALUES (%(site_id)s, %(level)s, %(depth_m)s, %(hysteresis_m)s, %(valid_from)s, %(valid_to)s, %(source)s)
