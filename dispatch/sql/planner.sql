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
-- The level at which the journal last said that nobody is free for these incidents.
SELECT DISTINCT ON (entity_id) entity_id::bigint AS incident_id, (after ->> 'level')::integer AS level
FROM journal
WHERE entity = 'incident' AND entity_id = ANY(%(ids)s) AND kind = 'incident.unmet'
ORDER BY entity_id, seq DESC
