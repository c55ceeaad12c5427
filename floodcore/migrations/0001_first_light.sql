-- The whole memory at its first size. Times are UTC; units stand in the columns' names or comments.

CREATE EXTENSION IF NOT EXISTS timescaledb;

-- Register ------------------------------------------------------------------------------------------------------

CREATE TABLE event_pack (
    pack_id     text PRIMARY KEY,
    title       text NOT NULL,
    timezone    text NOT NULL,
    licences    jsonb NOT NULL,
    sources     jsonb NOT NULL,
    storms      jsonb NOT NULL,
    imported_at timestamptz NOT NULL
);

CREATE TABLE site (
    site_id  text PRIMARY KEY CHECK (site_id ~ '^[A-Za-z0-9_.-]{1,64}$'),
    name     text NOT NULL,
    name_en  text,
    kind     text NOT NULL,
    lon      double precision CHECK (lon BETWEEN -180 AND 180),
    lat      double precision CHECK (lat BETWEEN -90 AND 90),
    district text,
    position text CHECK (position IN ('surveyed', 'approximate', 'constructed')),
    pack_id  text REFERENCES event_pack,
    CHECK ((lon IS NULL) = (lat IS NULL))
);

CREATE TABLE device (
    device_id  text PRIMARY KEY CHECK (device_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    status     text NOT NULL DEFAULT 'unknown' CHECK (status IN ('unknown', 'online', 'offline')),
    status_at  timestamptz,
    pack_id    text REFERENCES event_pack, -- where it came from, and its name there
    station_id text,
    UNIQUE (pack_id, station_id),
    CHECK ((pack_id IS NULL) = (station_id IS NULL))
);

CREATE TABLE sensor (
    sensor_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id text NOT NULL REFERENCES device,
    site_id   text NOT NULL REFERENCES site,
    quantity  text NOT NULL,
    UNIQUE (device_id, quantity)
);
CREATE INDEX sensor_site ON sensor (site_id);

CREATE TABLE threshold (
    site_id      text NOT NULL REFERENCES site,
    level        smallint NOT NULL CHECK (level BETWEEN 1 AND 4),
    depth_m      double precision NOT NULL,
    hysteresis_m double precision NOT NULL CHECK (hysteresis_m >= 0),
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz,
    source       text NOT NULL,
    PRIMARY KEY (site_id, level, valid_from)
);

-- Observations --------------------------------------------------------------------------------------------------

CREATE TABLE reading (
    sensor_id      integer NOT NULL,
    observed_at    timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    value          double precision NOT NULL,
    quality        smallint NOT NULL DEFAULT 0, -- 0 unchecked, 1 good, 2 suspect, 3 bad
    source_quality text,
    PRIMARY KEY (sensor_id, observed_at)
);
SELECT create_hypertable('reading', 'observed_at', chunk_time_interval => INTERVAL '7 days');

-- Another value for an identity that is already stored: kept beside it, never in its place.
CREATE TABLE reading_conflict (
    sensor_id   integer NOT NULL,
    observed_at timestamptz NOT NULL,
    value       double precision NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (sensor_id, observed_at, value)
);

-- The newest observation of each sensor; a late one never takes its place.
CREATE TABLE latest (
    sensor_id   integer PRIMARY KEY,
    observed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value       double precision NOT NULL,
    quality     smallint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at   timestamptz NOT NULL,
    topic         text NOT NULL,
    payload       bytea NOT NULL,
    content_type  text,
    reason        text NOT NULL,
    detail        text NOT NULL,
    records       integer NOT NULL CHECK (records >= 1),
    digest        bytea NOT NULL UNIQUE, -- of topic and payload: a message that comes twice is kept once
    seen          integer NOT NULL DEFAULT 1
);

-- What ingest has counted, added up in the same transaction as what it counts.
CREATE TABLE ingest_total (
    name text PRIMARY KEY CHECK (name IN ('stored', 'duplicate', 'conflict', 'quarantined')),
    n    bigint NOT NULL
);
INSERT INTO ingest_total VALUES ('stored', 0), ('duplicate', 0), ('conflict', 0), ('quarantined', 0);

-- Forecasts -----------------------------------------------------------------------------------------------------

CREATE TABLE forecast_run (
    run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issue_time  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    produced_by text NOT NULL,
    UNIQUE (issue_time, produced_by)
);

CREATE TABLE forecast_value (
    run_id     bigint NOT NULL,
    site_id    text NOT NULL,
    issue_time timestamptz NOT NULL,
    valid_time timestamptz NOT NULL,
    q05        double precision NOT NULL, -- depth, m
    q25        double precision NOT NULL,
    q50        double precision NOT NULL,
    q75        double precision NOT NULL,
    q95        double precision NOT NULL,
    crossing   jsonb NOT NULL, -- {"1": probability of reaching blue, ...}
    PRIMARY KEY (site_id, issue_time, valid_time, run_id)
);
SELECT create_hypertable('forecast_value', 'issue_time', chunk_time_interval => INTERVAL '7 days');

-- Incidents, teams, orders --------------------------------------------------------------------------------------

CREATE TABLE incident (
    incident_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id         text NOT NULL REFERENCES site,
    kind            text NOT NULL CHECK (kind IN ('water', 'silence')),
    level           smallint NOT NULL CHECK (level BETWEEN 0 AND 4),
    peak_level      smallint NOT NULL CHECK (peak_level BETWEEN 1 AND 4),
    depth_m         double precision NOT NULL,
    peak_depth_m    double precision NOT NULL,
    opened_at       timestamptz NOT NULL,
    level_since     timestamptz NOT NULL,
    below_since     timestamptz,
    closed_at       timestamptz,
    alarm           text NOT NULL CHECK (alarm IN ('new', 'acknowledged', 'returned', 'closed')),
    acknowledged_at timestamptz,
    acknowledged_by text
);
CREATE UNIQUE INDEX incident_one_open_of_a_kind ON incident (site_id, kind) WHERE closed_at IS NULL;
CREATE INDEX incident_closed ON incident (closed_at);

CREATE TABLE team (
    team_id     text PRIMARY KEY,
    name        text NOT NULL,
    name_en     text,
    people      integer NOT NULL CHECK (people > 0),
    skills      text[] NOT NULL,
    pump_m3_h   double precision NOT NULL DEFAULT 0,
    lon         double precision CHECK (lon BETWEEN -180 AND 180),
    lat         double precision CHECK (lat BETWEEN -90 AND 90),
    position_at timestamptz,
    off_duty    boolean NOT NULL DEFAULT false,
    constructed boolean NOT NULL DEFAULT false,
    CHECK ((lon IS NULL) = (lat IS NULL))
);

CREATE TABLE dispatch_order (
    order_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id     bigint NOT NULL REFERENCES incident,
    site_id         text NOT NULL REFERENCES site,
    team_id         text NOT NULL REFERENCES team,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 4),
    state           text NOT NULL,
    reason          jsonb NOT NULL, -- zh, en, distance_m, travel_s
    proposed_at     timestamptz NOT NULL,
    confirmed_at    timestamptz,
    confirmed_by    text,
    sent_at         timestamptz,
    acknowledged_at timestamptz,
    en_route_at     timestamptz,
    on_scene_at     timestamptz,
    done_at         timestamptz,
    ended_at        timestamptz, -- declined or recalled
    alert           text NOT NULL DEFAULT 'none' CHECK (alert IN ('none', 'queued', 'sent', 'failed')),
    alert_detail    text,
    version         integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX order_one_a_team ON dispatch_order (team_id)
    WHERE state NOT IN ('done', 'declined', 'recalled');
CREATE INDEX order_incident ON dispatch_order (incident_id);

-- The journal: every change of the above, in the order of commits -----------------------------------------------

CREATE TABLE journal (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL, -- the room's time
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- the machine's time, for the auditor
    kind      text NOT NULL, -- what happened: incident.opened, order.confirmed, ...
    entity    text NOT NULL, -- incident, order, team, ...
    entity_id text NOT NULL,
    before    jsonb,
    after     jsonb,
    actor     text NOT NULL
);
CREATE INDEX journal_entity ON journal (entity, entity_id, seq);

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();

-- Who may sign in -----------------------------------------------------------------------------------------------

CREATE TABLE app_user (
    user_id       text PRIMARY KEY,
    password_hash text NOT NULL,
    role          text NOT NULL CHECK (role IN ('viewer', 'officer', 'admin', 'crew')),
    team_id       text REFERENCES team,
    disabled      boolean NOT NULL DEFAULT false,
    CHECK ((role = 'crew') = (team_id IS NOT NULL))
);

-- Real times, not the room's: a session in a storm at 60 times its pace lasts as long as any other.
CREATE TABLE user_session (
    token_hash bytea PRIMARY KEY,
    user_id    text NOT NULL REFERENCES app_user ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX user_session_expiry ON user_session (expires_at);

CREATE TABLE idempotency (
    user_id      text NOT NULL,
    key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    request_hash bytea NOT NULL,
    status       integer NOT NULL,
    body         jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

-- What each service last said about itself; a hint for the wall, no part of the truth.
CREATE TABLE service_health (
    component text PRIMARY KEY,
    state     text NOT NULL CHECK (state IN ('ok', 'degraded', 'down')),
    detail_zh text NOT NULL,
    detail_en text NOT NULL,
    at        timestamptz NOT NULL, -- the machine's time: a silent service is judged by real seconds
    figures   jsonb NOT NULL DEFAULT '{}'
);
