-- name: note
INSERT INTO changed (newest, sensor_ids, earliest, latest)
VALUES (%(newest)s, %(sensor_ids)s, %(earliest)s, %(latest)s)

-- name: take
-- Of one sensor what lies less than this apart comes as one span: an hour that came minute by minute, in sixty notes.
WITH taken AS (
    DELETE FROM changed WHERE changed_id IN (
        SELECT changed_id FROM changed ORDER BY newest DESC LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING sensor_ids, earliest, latest
), united AS (
    SELECT one.sensor_id, unnest(range_agg(tstzrange(one.earliest, one.latest + %(apart)s, '[]'))) AS span
    FROM taken, unnest(taken.sensor_ids, taken.earliest, taken.latest) AS one (sensor_id, earliest, latest)
    GROUP BY one.sensor_id
)
SELECT sensor_id, lower(span) AS earliest, upper(span) - %(apart)s AS latest
FROM united
ORDER BY latest DESC, sensor_id
