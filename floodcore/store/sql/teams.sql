-- name: teams
SELECT team.*, dispatch_order.order_id, dispatch_order.state AS order_state
FROM team LEFT JOIN dispatch_order
    ON dispatch_order.team_id = team.team_id AND dispatch_order.state NOT IN ('done', 'declined', 'recalled')
ORDER BY team.team_id

-- name: lock
SELECT * FROM team WHERE team_id = %(team_id)s FOR UPDATE

-- name: put
-- A position that the team has reported stays: the register knows only where it is stationed.
INSERT INTO team (team_id, name, name_en, people, skills, pump_m3_h, lon, lat, position_at, off_duty, constructed)
VALUES (%(team_id)s, %(name)s, %(name_en)s, %(people)s, %(skills)s, %(pump_m3_h)s, %(lon)s, %(lat)s, %(position_at)s,
    %(off_duty)s, %(constructed)s)
ON CONFLICT (team_id) DO UPDATE SET
    name = excluded.name, name_en = excluded.name_en, people = excluded.people, skills = excluded.skills,
    pump_m3_h = excluded.pump_m3_h, off_duty = excluded.off_duty, constructed = excluded.constructed,
    lon = CASE WHEN team.position_at IS NULL THEN excluded.lon ELSE team.lon END,
    lat = CASE WHEN team.position_at IS NULL THEN excluded.lat ELSE team.lat END,
    position_at = coalesce(team.position_at, excluded.position_at)
RETURNING *

-- name: report_position
UPDATE team SET lon = %(lon)s, lat = %(lat)s, position_at = %(at)s
WHERE team_id = %(team_id)s AND (position_at IS NULL OR position_at < %(at)s)
