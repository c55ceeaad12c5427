-- name: known_sensors
-- The sensors of these devices and quantities, pair by pair; a pair that the register does not know is missing.
SELECT sensor_id, device_id, quantity
FROM sensor JOIN unnest(%(devices)s::text[], %(quantities)s::text[]) AS asked (device_id, quantity)
    USING (device_id, quantity)

-- name: add_sensors
-- Where these devices, which the register knows by some other quantity, have these from now on: at the site of their
-- first sensor. Pairs of a device that is not known add nothing. In one order for all writers.
INSERT INTO sensor (device_id, site_id, quantity)
SELECT DISTINCT ON (device_id, asked.quantity) device_id, sensor.site_id, asked.quantity
FROM sensor JOIN unnest(%(devices)s::text[], %(quantities)s::text[]) AS asked (device_id, quantity) USING (device_id)
ORDER BY device_id, asked.quantity, sensor.sensor_id
ON CONFLICT DO NOTHING

-- name: staging
-- One a connection. Emptied at every commit, and by hand for a second batch in the same transaction.
CREATE TEMP TABLE IF NOT EXISTS arrived (
    position       integer NOT NULL, -- in the batch: where two values meet, the first wins
    sensor_id      integer NOT NULL,
    observed_at    timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    value          double precision NOT NULL,
    flags          integer NOT NULL,
    source_quality text
) ON COMMIT DELETE ROWS

-- name: empty_staging
DELETE FROM arrived

-- name: stage
COPY arrived (position, sensor_id, observed_at, received_at, value, flags, source_quality) FROM STDIN (FORMAT binary)

-- name: store
-- In the order of the key, so that two writers of the same readings wait for each other instead of locking each other out.
-- `latest` moves forward only: a late reading never takes the place of a newer one. What is new is noted for the judge.
-- What was derived is not counted: no device sent it.
WITH stored AS (
    INSERT INTO reading (sensor_id, observed_at, received_at, value, source_quality, flags)
    SELECT DISTINCT ON (sensor_id, observed_at) sensor_id, observed_at, received_at, value, source_quality, flags
    FROM arrived
    ORDER BY sensor_id, observed_at, position
    ON CONFLICT DO NOTHING
    RETURNING sensor_id, observed_at, received_at, value, quality, flags
), moved AS (
    INSERT INTO latest (sensor_id, observed_at, received_at, value, quality, flags)
    SELECT DISTINCT ON (sensor_id) sensor_id, observed_at, received_at, value, quality, flags
    FROM stored
    ORDER BY sensor_id, observed_at DESC
    ON CONFLICT (sensor_id) DO UPDATE SET observed_at = excluded.observed_at, received_at = excluded.received_at,
        value = excluded.value, quality = excluded.quality, flags = excluded.flags, adjusted = NULL
    WHERE excluded.observed_at > latest.observed_at
), new AS (
    SELECT sensor_id, count(*) FILTER (WHERE flags & %(derived)s = 0) AS n, min(observed_at) AS earliest, max(observed_at) AS latest
    FROM stored GROUP BY sensor_id
), noted AS (
    INSERT INTO changed (newest, sensor_ids, earliest, latest)
    SELECT max(latest), array_agg(sensor_id), array_agg(earliest), array_agg(latest) FROM new HAVING count(*) > 0
)
SELECT sensor_id, n FROM new ORDER BY sensor_id

-- name: keep_conflicts
-- Another value than the stored one. A statement of its own: it must see what a writer beside us has committed meanwhile.
-- The span spares the planner every chunk that the batch does not touch.
INSERT INTO reading_conflict (sensor_id, observed_at, value, received_at)
SELECT DISTINCT ON (sensor_id, observed_at, arrived.value) sensor_id, observed_at, arrived.value, arrived.received_at
FROM arrived JOIN reading USING (sensor_id, observed_at)
WHERE reading.value <> arrived.value AND arrived.flags & %(derived)s = 0
    AND reading.observed_at BETWEEN %(earliest)s AND %(last)s
ORDER BY sensor_id, observed_at, arrived.value, arrived.position
ON CONFLICT DO NOTHING

-- name: add_total
INSERT INTO ingest_total (name, n) VALUES (%(name)s, %(n)s)
ON CONFLICT (name) DO UPDATE SET n = ingest_total.n + excluded.n

-- name: totals
SELECT name, n FROM ingest_total
