-- name: take_turn
-- Judges take turns: whoever comes second sees all that the first has written, and no judgement is overtaken by an older.
SELECT pg_advisory_xact_lock(7301202107210)

-- name: subjects
-- These sensors, and those of the same devices from which their values are computed or which are computed from theirs.
SELECT sensor.sensor_id, sensor.device_id, sensor.site_id, sensor.quantity, sensor.rollover_mm, site.kind, site.lon, site.lat
FROM sensor JOIN site USING (site_id)
WHERE sensor.sensor_id = ANY(%(sensor_ids)s)
    OR (sensor.quantity = ANY(%(computed)s) AND sensor.device_id IN (
        SELECT device_id FROM sensor AS asked
        WHERE asked.sensor_id = ANY(%(sensor_ids)s) AND asked.quantity = ANY(%(computed)s)
    ))
ORDER BY sensor.sensor_id

-- name: maintenance
SELECT maintenance_id, device_id, begins, ends, reason, author FROM maintenance
WHERE device_id = ANY(%(devices)s) ORDER BY maintenance_id

-- name: corrections
SELECT correction_id, sensor_id, begins, ends, action, value, author, reason FROM correction
WHERE sensor_id = ANY(%(sensor_ids)s) AND revoked_at IS NULL ORDER BY correction_id

-- name: findings
SELECT sensor_id, flag, begins, ends FROM finding WHERE sensor_id = ANY(%(sensor_ids)s) ORDER BY sensor_id, begins

-- name: next_total
-- The first total that can be used after each of these moments: the amount up to it is counted from what came in between.
SELECT asked.sensor_id, (
    SELECT observed_at FROM reading
    WHERE reading.sensor_id = asked.sensor_id AND reading.observed_at > asked.at AND reading.quality <> 3
    ORDER BY observed_at LIMIT 1
) AS observed_at
FROM unnest(%(sensor_ids)s::integer[], %(moments)s::timestamptz[]) AS asked (sensor_id, at)

-- name: total_before
-- The last total that can be used before each of these moments: the amount after it is counted from there.
SELECT asked.sensor_id, (
    SELECT observed_at FROM reading
    WHERE reading.sensor_id = asked.sensor_id AND reading.observed_at < asked.at AND reading.quality <> 3
    ORDER BY observed_at DESC LIMIT 1
) AS observed_at
FROM unnest(%(sensor_ids)s::integer[], %(moments)s::timestamptz[]) AS asked (sensor_id, at)

-- name: add_computed
-- Where what is computed from these sensors is kept: beside them. In one order for all writers.
INSERT INTO sensor (device_id, site_id, quantity)
SELECT sensor.device_id, sensor.site_id, asked.computed
FROM sensor JOIN unnest(%(sensor_ids)s::integer[], %(computed)s::text[]) AS asked (sensor_id, computed) USING (sensor_id)
ORDER BY sensor.device_id, asked.computed
ON CONFLICT DO NOTHING

-- name: around
-- Sensors of a quantity at these kinds of places around those asked for: all of the same site, and the nearest ones within
-- a radius. Cells as wide as the radius spare a comparison of all with all; north of 70 degrees they are too narrow.
WITH asked AS MATERIALIZED (
    SELECT sensor_id, site_id, lon, lat FROM sensor JOIN site USING (site_id) WHERE sensor_id = ANY(%(sensor_ids)s)
), cell AS MATERIALIZED (
    SELECT %(radius_m)s / 111195.0 AS lat, 3 * %(radius_m)s / 111195.0 AS lon
), other AS MATERIALIZED (
    SELECT sensor_id, site_id, site.lon, site.lat,
        floor(site.lon / cell.lon)::integer AS east, floor(site.lat / cell.lat)::integer AS north
    FROM sensor JOIN site USING (site_id), cell
    WHERE quantity = %(quantity)s AND kind = ANY(%(kinds)s)
), near AS (
    SELECT asked.sensor_id, other.sensor_id AS other_id,
        sqrt(((other.lat - asked.lat) * 111195) ^ 2
            + ((other.lon - asked.lon) * 111195 * cos(radians(asked.lat))) ^ 2) AS away_m
    FROM asked
    CROSS JOIN cell
    CROSS JOIN generate_series(-1, 1) AS step_east
    CROSS JOIN generate_series(-1, 1) AS step_north
    JOIN other ON other.east = floor(asked.lon / cell.lon)::integer + step_east
        AND other.north = floor(asked.lat / cell.lat)::integer + step_north
        AND other.site_id <> asked.site_id
), ranked AS (
    SELECT sensor_id, other_id, row_number() OVER (PARTITION BY sensor_id ORDER BY away_m, other_id) AS place
    FROM near WHERE away_m <= %(radius_m)s
)
SELECT asked.sensor_id, other.sensor_id AS other_id, true AS beside
FROM asked JOIN other USING (site_id)
WHERE asked.sensor_id <> other.sensor_id
UNION ALL
SELECT sensor_id, other_id, false FROM ranked WHERE place <= %(nearest)s

-- name: touched
-- Gauges over roads around sensors that changed within these spans, at the same site or within a radius, and when: those
-- that showed water then, and where asked for, all of the same site.
WITH asked AS MATERIALIZED (
    SELECT sensor_id, site_id, lon, lat, earliest, latest
    FROM unnest(%(sensor_ids)s::integer[], %(froms)s::timestamptz[], %(tos)s::timestamptz[])
        AS asked (sensor_id, earliest, latest)
    JOIN sensor USING (sensor_id) JOIN site USING (site_id)
), cell AS MATERIALIZED (
    SELECT %(radius_m)s / 111195.0 AS lat, 3 * %(radius_m)s / 111195.0 AS lon
), other AS MATERIALIZED (
    SELECT sensor_id, site_id, site.lon, site.lat,
        floor(site.lon / cell.lon)::integer AS east, floor(site.lat / cell.lat)::integer AS north
    FROM sensor JOIN site USING (site_id), cell
    WHERE quantity = 'level' AND kind = ANY(%(kinds)s)
), reached AS (
    SELECT other.sensor_id, true AS beside, earliest, latest
    FROM asked JOIN other USING (site_id)
    WHERE asked.sensor_id <> other.sensor_id
    UNION ALL
    SELECT other.sensor_id, false, earliest, latest
    FROM asked
    CROSS JOIN cell
    CROSS JOIN generate_series(-1, 1) AS step_east
    CROSS JOIN generate_series(-1, 1) AS step_north
    JOIN other ON other.east = floor(asked.lon / cell.lon)::integer + step_east
        AND other.north = floor(asked.lat / cell.lat)::integer + step_north
        AND other.site_id <> asked.site_id
    WHERE ((other.lat - asked.lat) * 111195) ^ 2
        + ((other.lon - asked.lon) * 111195 * cos(radians(asked.lat))) ^ 2 <= %(radius_m)s::float8 ^ 2
), over_all AS MATERIALIZED (
    SELECT sensor_id, bool_or(beside) AS beside, min(earliest) AS earliest, max(latest) AS latest
    FROM reached GROUP BY sensor_id
)
SELECT sensor_id, earliest, latest FROM over_all
WHERE (beside AND %(all_beside)s) OR EXISTS (
    SELECT FROM reading
    WHERE reading.sensor_id = over_all.sensor_id AND reading.observed_at BETWEEN over_all.earliest AND over_all.latest
        AND reading.observed_at BETWEEN %(earliest)s AND %(last)s
        AND greatest(reading.value, reading.adjusted) >= %(wet_m)s
)
