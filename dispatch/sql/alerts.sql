-- name: order
SELECT dispatch_order.order_id, dispatch_order.team_id, dispatch_order.level, dispatch_order.state,
    dispatch_order.alert, site.name AS site_name, site.kind AS site_kind, team.name AS team_name, incident.depth_m
FROM dispatch_order
JOIN site USING (site_id)
JOIN team USING (team_id)
JOIN incident USING (incident_id)
WHERE order_id = %(order_id)s

-- name: delivered
SELECT channel FROM alert_delivery WHERE order_id = %(order_id)s

-- name: note_delivery
INSERT INTO alert_delivery (order_id, channel, delivered_at) VALUES (%(order_id)s, %(channel)s, %(now)s)
ON CONFLICT DO NOTHING

-- name: counts
SELECT count(*) FILTER (WHERE alert = 'queued') AS queued, count(*) FILTER (WHERE alert = 'failed') AS failed
FROM dispatch_order WHERE state NOT IN ('done', 'declined', 'recalled')

-- name: lost
-- Orders that wait for a push which no job will make; a job's lock names its order. A job that ends well is deleted
-- after its order has been settled, so that no order is found in between.
SELECT order_id FROM dispatch_order
WHERE alert = 'queued' AND NOT EXISTS (
    SELECT FROM procrastinate_jobs
    WHERE queue_name = %(queue)s AND status IN ('todo', 'doing') AND lock = 'order-' || order_id
)
ORDER BY order_id
