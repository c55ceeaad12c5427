-- name: take_turn
-- Whoever writes the journal waits here for the one before to commit, so that the order of `seq` is the order of commits
-- and a reader that goes by the highest `seq` it has seen misses nothing.
SELECT pg_advisory_xact_lock(hashtext('onemap journal'))

-- name: write
INSERT INTO journal (at, kind, entity, entity_id, before, after, actor)
VALUES (%(at)s, %(kind)s, %(entity)s, %(entity_id)s, %(before)s, %(after)s, %(actor)s)
RETURNING seq

-- name: since
SELECT seq, at, written_at, kind, entity, entity_id, before, after, actor
FROM journal WHERE seq > %(seq)s ORDER BY seq LIMIT %(limit)s
