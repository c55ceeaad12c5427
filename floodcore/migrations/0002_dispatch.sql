-- What dispatch remembers across a restart, and the channels by which teams are told.

-- How far each level sensor's readings have been judged; moved in the same transaction as what came of judging them.
CREATE TABLE dispatch_cursor (
    sensor_id   integer PRIMARY KEY,
    observed_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX order_one_an_incident ON dispatch_order (incident_id)
    WHERE state NOT IN ('done', 'declined', 'recalled');

-- apprise URLs; they carry tokens, so they are never logged, journalled or shown.
CREATE TABLE team_channel (
    team_id text NOT NULL REFERENCES team,
    url     text NOT NULL,
    PRIMARY KEY (team_id, url)
);

-- Which channels have taken an order's alert, so that a retry goes to the others only.
CREATE TABLE alert_delivery (
    order_id     bigint NOT NULL REFERENCES dispatch_order,
    channel      text NOT NULL, -- a digest of the URL
    delivered_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, channel)
);
