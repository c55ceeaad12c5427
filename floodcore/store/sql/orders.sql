-- name: order
SELECT * FROM dispatch_order WHERE order_id = %(order_id)s

-- name: lock
SELECT * FROM dispatch_order WHERE order_id = %(order_id)s FOR UPDATE

-- name: propose
-- No row comes back where the team or the incident has an active order: two unique indexes say so.
INSERT INTO dispatch_order (incident_id, site_id, team_id, level, state, reason, proposed_at)
VALUES (%(incident_id)s, %(site_id)s, %(team_id)s, %(level)s, 'proposed', %(reason)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING *

-- name: take_step
-- A state's own time column is set when it is reached; the others stay as they are.
UPDATE dispatch_order SET
    state = %(state)s,
    confirmed_at = CASE %(state)s WHEN 'confirmed' THEN %(now)s ELSE confirmed_at END,
    confirmed_by = CASE %(state)s WHEN 'confirmed' THEN %(actor)s ELSE confirmed_by END,
    alert = CASE %(state)s WHEN 'confirmed' THEN 'queued' ELSE alert END,
    sent_at = CASE %(state)s WHEN 'sent' THEN %(now)s ELSE sent_at END,
    acknowledged_at = CASE %(state)s WHEN 'acknowledged' THEN %(now)s ELSE acknowledged_at END,
    en_route_at = CASE %(state)s WHEN 'en_route' THEN %(now)s ELSE en_route_at END,
    on_scene_at = CASE %(state)s WHEN 'on_scene' THEN %(now)s ELSE on_scene_at END,
    done_at = CASE %(state)s WHEN 'done' THEN %(now)s ELSE done_at END,
    ended_at = CASE WHEN %(state)s IN ('declined', 'recalled') THEN %(now)s ELSE ended_at END,
    version = version + 1
WHERE order_id = %(order_id)s
RETURNING *

-- name: set_alert
UPDATE dispatch_order SET alert = %(alert)s, alert_detail = %(detail)s, version = version + 1
WHERE order_id = %(order_id)s
RETURNING *

-- name: defer_alert
-- The job queue's own function, called in our transaction: the order and its alert commit together, or neither does.
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    %(queue)s, %(task)s, 0, %(lock)s, NULL, %(arguments)s, NULL
)::procrastinate_job_to_defer_v1])
