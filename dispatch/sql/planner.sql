-- name: calls
SELECT incident.incident_id, incident.level, incident.opened_at, site.site_id, site.name, site.name_en, site.kind,
    site.lon, site.lat
FROM incident JOIN site USING (site_id)
WHERE incident.closed_at IS NULL AND incident.kind = 'water'
ORDER BY incident.incident_id

-- name: orders_of_open
SELECT incident_id, order_id, dispatch_order.team_id, dispatch_order.level, dispatch_order.state
FROM dispatch_order JOIN incident USING (incident_id)
WHERE incident.closed_at IS NULL
ORDER BY order_id

-- name: pointless
-- Proposals that nobody has confirmed and whose incident is over.
SELECT order_id FROM dispatch_order JOIN incident USING (incident_id)
WHERE dispatch_order.state = 'proposed' AND incident.closed_at IS NOT NULL
ORDER BY order_id

-- name: unmet_told
SELECT entity_id FROM journal
WHERE entity = 'incident' AND kind = 'incident.unmet' AND entity_id = ANY(%(ids)s)
