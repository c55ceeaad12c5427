-- name: keep_unjudgeable
INSERT INTO unjudgeable (sensor_id, earliest, latest, error, found_at)
VALUES (%(sensor_id)s, %(earliest)s, %(latest)s, %(error)s, %(now)s)
ON CONFLICT (sensor_id) DO UPDATE SET earliest = least(unjudgeable.earliest, excluded.earliest),
    latest = greatest(unjudgeable.latest, excluded.latest), error = excluded.error, found_at = excluded.found_at

-- name: take_unjudgeable
DELETE FROM unjudgeable RETURNING sensor_id, earliest, latest

-- name: counts
SELECT (SELECT count(*) FROM changed) AS waiting, (SELECT count(*) FROM unjudgeable) AS unjudgeable
