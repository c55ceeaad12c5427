-- name: last_look
SELECT max(at) AS at FROM journal WHERE entity = 'nights' AND at <= %(now)s
