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
