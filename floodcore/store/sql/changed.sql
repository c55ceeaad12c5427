-- name: note
INSERT INTO changed (newest, sensor_ids, earliest, latest)
VALUES (%(newest)s, %(sensor_ids)s, %(earliest)s, %(latest)s)

-- name: take
WITH taken AS (
    DELETE FROM changed WHERE changed_id IN (
        SELECT changed_id FROM changed ORDER BY newest DESC LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING sensor_ids, earliest, latest
)
SELECT span.sensor_id, span.earliest, span.latest
FROM taken, unnest(taken.sensor_ids, taken.earliest, taken.latest) AS span (sensor_id, earliest, latest)
