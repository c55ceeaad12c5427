-- name: keep
-- A message that comes again is kept once, and counted.
INSERT INTO quarantine (received_at, topic, payload, content_type, reason, detail, records, digest)
VALUES (%(received_at)s, %(topic)s, %(payload)s, %(content_type)s, %(reason)s, %(detail)s, %(records)s, %(digest)s)
ON CONFLICT (digest) DO UPDATE SET seen = quarantine.seen + 1

-- name: counts
-- How many messages wait, by reason; the most frequent first.
SELECT reason, count(*) AS messages, sum(records) AS records
FROM quarantine
GROUP BY reason
ORDER BY messages DESC, reason

-- name: listed
-- Newest first; of one reason or of all.
SELECT quarantine_id, received_at, topic, payload, content_type, reason, detail, records, seen
FROM quarantine
WHERE %(reason)s::text IS NULL OR reason = %(reason)s
ORDER BY quarantine_id DESC
LIMIT %(limit)s

-- name: one
SELECT quarantine_id, received_at, topic, payload, content_type, reason, detail, records, seen
FROM quarantine
WHERE quarantine_id = %(quarantine_id)s

-- name: ids
-- Oldest first, so that what is replayed is stored in the order of its arrival.
SELECT quarantine_id
FROM quarantine
WHERE %(reason)s::text IS NULL OR reason = %(reason)s
ORDER BY quarantine_id

-- name: take_out
DELETE FROM quarantine
WHERE quarantine_id = %(quarantine_id)s
RETURNING quarantine_id, received_at, topic, reason, detail, records, seen, encode(digest, 'hex') AS digest

-- name: refuse_again
-- Why it is refused may have changed since, as the register and the release do.
UPDATE quarantine SET reason = %(reason)s, detail = %(detail)s, records = %(records)s
WHERE quarantine_id = %(quarantine_id)s
