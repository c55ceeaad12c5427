-- name: lock
SELECT * FROM incident WHERE incident_id = %(incident_id)s FOR UPDATE

-- name: open_now
SELECT * FROM incident WHERE closed_at IS NULL ORDER BY incident_id

-- name: open
-- No row comes back where one of this kind stands open at the site.
INSERT INTO incident
    (site_id, kind, level, peak_level, depth_m, peak_depth_m, opened_at, level_since, alarm)
VALUES (%(site_id)s, %(kind)s, %(level)s, %(level)s, %(depth_m)s, %(depth_m)s, %(at)s, %(at)s, 'new')
ON CONFLICT (site_id, kind) WHERE closed_at IS NULL DO NOTHING
RETURNING *

-- name: open_at_site
SELECT * FROM incident WHERE site_id = %(site_id)s AND kind = %(kind)s AND closed_at IS NULL

-- name: set_level
UPDATE incident SET
    level = %(level)s, peak_level = greatest(peak_level, %(level)s), level_since = %(at)s,
    depth_m = %(depth_m)s, peak_depth_m = greatest(peak_depth_m, %(depth_m)s),
    alarm = %(alarm)s, acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s
WHERE incident_id = %(incident_id)s
RETURNING *

-- name: note_depth
UPDATE incident SET
    depth_m = %(depth_m)s, peak_depth_m = greatest(peak_depth_m, %(peak_depth_m)s), below_since = %(below_since)s
WHERE incident_id = %(incident_id)s AND closed_at IS NULL

-- name: raise_peak
UPDATE incident SET
    peak_depth_m = greatest(peak_depth_m, %(depth_m)s), peak_level = greatest(peak_level, %(level)s),
    alarm = %(alarm)s, acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s
WHERE incident_id = %(incident_id)s
RETURNING *

-- name: close
UPDATE incident SET closed_at = %(at)s, level = 0, depth_m = %(depth_m)s, alarm = %(alarm)s
WHERE incident_id = %(incident_id)s
RETURNING *

-- name: acknowledge
UPDATE incident SET alarm = %(alarm)s, acknowledged_at = %(now)s, acknowledged_by = %(actor)s
WHERE incident_id = %(incident_id)s
RETURNING *
