-- What a reading is worth, and everything that this is judged by. Raw values are never changed.

-- The judgement that holds now. `flags` are the bits of floodcore.domain.quality.Flag; some are set on arrival.
-- `adjusted` is the value that the room uses in place of `value`: a person's correction, or an amount computed anew.
-- `judged_at` is the room's time; NULL is not judged yet.
ALTER TABLE reading ADD COLUMN flags integer NOT NULL DEFAULT 0;
ALTER TABLE reading ADD COLUMN adjusted double precision;
ALTER TABLE reading ADD COLUMN judged_at timestamptz;
ALTER TABLE latest ADD COLUMN flags integer NOT NULL DEFAULT 0;
ALTER TABLE latest ADD COLUMN adjusted double precision;

-- TimescaleDB's own index by time alone: nothing asks for all sensors at once but by whole chunks, and it cost a sixth
-- of every insert.
DROP INDEX reading_observed_at_idx;

-- Every judgement that another one has replaced, and when: the room as it was known then can be shown again.
CREATE TABLE past_judgement (
    sensor_id   integer NOT NULL,
    observed_at timestamptz NOT NULL,
    judged_at   timestamptz, -- NULL: as it arrived
    until       timestamptz NOT NULL,
    quality     smallint NOT NULL,
    flags       integer NOT NULL,
    adjusted    double precision,
    PRIMARY KEY (sensor_id, observed_at, until)
);

-- What is new and has not been judged: one row a batch, written by the transaction that stores it, taken by the judge.
-- No key but its number, so that writers never wait for each other nor for the judge. The three arrays go together.
CREATE TABLE changed (
    changed_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    newest     timestamptz NOT NULL,
    sensor_ids integer[] NOT NULL,
    earliest   timestamptz[] NOT NULL,
    latest     timestamptz[] NOT NULL
);
CREATE INDEX changed_newest ON changed (newest DESC);

-- How a sensor reports, in dry weather, in rain and over a limit; NULL is the quantity's default.
ALTER TABLE sensor ADD COLUMN dry_interval_s integer CHECK (dry_interval_s > 0);
ALTER TABLE sensor ADD COLUMN rain_interval_s integer CHECK (rain_interval_s > 0);
ALTER TABLE sensor ADD COLUMN burst_interval_s integer CHECK (burst_interval_s > 0);
ALTER TABLE sensor ADD COLUMN rollover_mm double precision CHECK (rollover_mm > 0); -- where a rain counter begins anew

-- How a device is mounted, and since when. The level is `height_m` minus the distance that an ultrasonic or radar head
-- tells; NULL where the device tells the level itself. `datum_m` is the height of the level's zero over the national
-- datum, NULL where nobody has surveyed it.
CREATE TABLE mount (
    device_id  text NOT NULL REFERENCES device,
    height_m   double precision CHECK (height_m BETWEEN 0 AND 200),
    datum_m    double precision CHECK (datum_m BETWEEN -500 AND 9000),
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz CHECK (valid_to > valid_from),
    source     text NOT NULL, -- who measured it, or what computed it
    PRIMARY KEY (device_id, valid_from)
);

-- Somebody works at a device: its readings are no water, and its silence is no alarm.
CREATE TABLE maintenance (
    maintenance_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id      text NOT NULL REFERENCES device,
    begins         timestamptz NOT NULL,
    ends           timestamptz NOT NULL CHECK (ends > begins),
    reason         text NOT NULL,
    author         text NOT NULL
);
CREATE INDEX maintenance_device ON maintenance (device_id, ends);

-- A person's word about readings, which outranks every check. `value` is what to set, or by how much to shift, in the
-- quantity's unit. One that was revoked stays on record.
CREATE TABLE correction (
    correction_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor_id     integer NOT NULL REFERENCES sensor,
    begins        timestamptz NOT NULL,
    ends          timestamptz NOT NULL CHECK (ends >= begins), -- belongs to it
    action        text NOT NULL CHECK (action IN ('set', 'shift', 'good', 'bad')),
    value         double precision,
    author        text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    made_at       timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoked_by    text,
    CHECK ((value IS NOT NULL) = (action IN ('set', 'shift')))
);
CREATE INDEX correction_sensor ON correction (sensor_id, begins);

-- When messages whose records carry no absolute time first came. The broker delivers one again under the same packet
-- number; it then means the same moment as before. One line a packet number, so the table cannot grow.
CREATE TABLE untimed_delivery (
    instance    text NOT NULL,
    packet      integer NOT NULL,
    digest      bytea NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (instance, packet)
);

ALTER TABLE ingest_total DROP CONSTRAINT ingest_total_name_check;
ALTER TABLE ingest_total ADD CHECK (name IN ('stored', 'duplicate', 'conflict', 'quarantined', 'replayed'));
