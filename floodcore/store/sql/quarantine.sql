-- name: keep
-- A message that comes again is kept once, and counted.
INSERT INTO quarantine (received_at, topic, payload, content_type, reason, detail, records, digest)
VALUES (%(received_at)s, %(topic)s, %(payload)s, %(content_type)s, %(reason)s, %(detail)s, %(records)s, %(digest)s)
ON CONFLICT (digest) DO UPDATE SET seen = quarantine.seen + 1
