-- Readings as the room uses them, summed up over time, and what has left the memory for the archive.

-- One door to the readings for everything that acts on them or shows them. `value` is what a reading is worth, `raw` what
-- the gauge said. What the judge has not seen yet is bad where somebody works at the device; once it is judged, the
-- judgement says so itself, or a person has said otherwise. The list of sensors with such windows is read once and spares
-- all others the question.
CREATE VIEW observation AS
SELECT sensor_id, observed_at, received_at, coalesce(adjusted, value) AS value, value AS raw, flags,
    CASE WHEN judged_at IS NULL
        AND sensor_id IN (SELECT sensor.sensor_id FROM maintenance JOIN sensor USING (device_id))
        AND EXISTS (
            SELECT FROM sensor JOIN maintenance USING (device_id)
            WHERE sensor.sensor_id = reading.sensor_id AND begins <= observed_at AND observed_at < ends
        ) THEN 3::smallint ELSE quality END AS quality, judged_at
FROM reading;

-- Who asks what has been judged otherwise since a moment.
CREATE INDEX past_judgement_until ON past_judgement (until);

-- Sensors whose readings could not be judged, with the error: one line for each, from the first to the last of these
-- readings. They are asked for again when upkeep starts anew.
CREATE TABLE unjudgeable (
    sensor_id integer PRIMARY KEY,
    earliest  timestamptz NOT NULL,
    latest    timestamptz NOT NULL,
    error     text NOT NULL,
    found_at  timestamptz NOT NULL
);

-- What was stored by an earlier release is judged and summed up like what comes now, behind it.
INSERT INTO changed (newest, sensor_ids, earliest, latest)
SELECT max(observed_at), ARRAY[sensor_id], ARRAY[min(observed_at)], ARRAY[max(observed_at)] FROM reading GROUP BY sensor_id;

-- What has been written below the archive, to be dropped from the memory then. A line without `dropped_at` is a file that
-- is being written: all that it holds is still in the memory.
CREATE TABLE archived (
    name       text PRIMARY KEY,
    what       text NOT NULL,
    begins     timestamptz, -- NULL: everything before its end
    ends       timestamptz NOT NULL, -- no part of it
    n          bigint,
    dropped_at timestamptz,
    CHECK ((n IS NULL) = (dropped_at IS NULL))
);

-- Rollups: one line for a sensor's readings of every 1, 5, 15 and 60 minutes. Bad readings are counted and nothing else;
-- where only bad ones are left there is no line. `total` is the amount of what is summed up (rain). On the community
-- build the name `rollup` is a view of continuous aggregates, on the Apache build a table that upkeep writes.
CREATE TABLE rollup (
    sensor_id integer NOT NULL,
    every_min smallint NOT NULL CHECK (every_min IN (1, 5, 15, 60)),
    begins    timestamptz NOT NULL,
    n         bigint NOT NULL CHECK (n > 0),
    bad       bigint NOT NULL,
    mean      double precision NOT NULL,
    lowest    double precision NOT NULL,
    highest   double precision NOT NULL,
    last      double precision NOT NULL,
    total     double precision NOT NULL,
    PRIMARY KEY (sensor_id, every_min, begins)
);
SELECT create_hypertable('rollup', 'begins', chunk_time_interval => INTERVAL '7 days', create_default_indexes => false);

DO $$
DECLARE
    width integer;
BEGIN
    IF current_setting('timescaledb.license') <> 'timescale' THEN
        RETURN;
    END IF;
    FOREACH width IN ARRAY ARRAY[1, 5, 15, 60] LOOP
        -- Nothing is in it until upkeep refreshes it; until then it is computed from the readings when it is asked for.
        EXECUTE format($cagg$
            CREATE MATERIALIZED VIEW rollup_%1$s
            WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
            SELECT sensor_id, time_bucket(INTERVAL '%1$s minutes', observed_at) AS begins,
                count(*) FILTER (WHERE quality <> 3) AS n,
                count(*) FILTER (WHERE quality = 3) AS bad,
                avg(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS mean,
                min(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS lowest,
                max(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS highest,
                last(coalesce(adjusted, value), observed_at) FILTER (WHERE quality <> 3) AS last,
                sum(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS total
            FROM reading
            GROUP BY sensor_id, time_bucket(INTERVAL '%1$s minutes', observed_at)
            WITH NO DATA $cagg$, width);
    END LOOP;
    DROP TABLE rollup;
    CREATE VIEW rollup AS
    SELECT sensor_id, 1::smallint AS every_min, begins, n, bad, mean, lowest, highest, last, total
    FROM rollup_1 WHERE n > 0
    UNION ALL
    SELECT sensor_id, 5::smallint, begins, n, bad, mean, lowest, highest, last, total FROM rollup_5 WHERE n > 0
    UNION ALL
    SELECT sensor_id, 15::smallint, begins, n, bad, mean, lowest, highest, last, total FROM rollup_15 WHERE n > 0
    UNION ALL
    SELECT sensor_id, 60::smallint, begins, n, bad, mean, lowest, highest, last, total FROM rollup_60 WHERE n > 0;
    ALTER TABLE reading SET (
        timescaledb.compress, timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'observed_at'
    );
    PERFORM add_compression_policy('reading', INTERVAL '14 days'); -- what comes later than that is still taken in
-- The community build could not be run where this was written. Whatever it refuses, the table does the same work.
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'no continuous aggregates here (%); upkeep writes the rollups itself', SQLERRM;
END $$;
