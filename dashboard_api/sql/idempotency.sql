-- name: take_turn
-- Two attempts with one key, one after the other; kept until the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended(%(user_id)s || ' ' || %(key)s, 0))

-- name: find
SELECT request_hash, status, body FROM idempotency WHERE user_id = %(user_id)s AND key = %(key)s

-- name: keep
INSERT INTO idempotency (user_id, key, request_hash, status, body, created_at)
VALUES (%(user_id)s, %(key)s, %(request_hash)s, %(status)s, %(body)s, %(now)s)

-- name: sweep
DELETE FROM idempotency WHERE created_at <= %(before)s
