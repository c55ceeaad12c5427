-- What dispatch remembers across a restart, and the indexes that keep its questions quick when months lie behind it.

-- How far each level sensor's readings have been judged, never beyond the room's time; moved in the same transaction as
-- what came of judging them.
CREATE TABLE dispatch_cursor (
    sensor_id   integer PRIMARY KEY,
    observed_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX order_one_an_incident ON dispatch_order (incident_id)
    WHERE state NOT IN ('done', 'declined', 'recalled');

-- Which channels have taken an order's alert, so that a retry goes to the others only.
CREATE TABLE alert_delivery (
    order_id     bigint NOT NULL REFERENCES dispatch_order,
    channel      text NOT NULL, -- a digest of the URL
    delivered_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, channel)
);

-- Readings that were overtaken by their sensor's next. In a minute without trouble there are none, so it costs no writes.
CREATE INDEX reading_late ON reading (observed_at) WHERE received_at - observed_at > INTERVAL '10 seconds';

-- Alarms that nobody has seen yet, of whatever age.
CREATE INDEX incident_returned ON incident (incident_id) WHERE alarm = 'returned';

-- What a team has had, what ended lately, and what waits: for a person, for its push.
CREATE INDEX order_team ON dispatch_order (team_id, order_id);
CREATE INDEX order_ended ON dispatch_order (coalesce(done_at, ended_at));
CREATE INDEX order_proposed ON dispatch_order (incident_id) WHERE state = 'proposed';
CREATE INDEX order_queued ON dispatch_order (order_id) WHERE alert = 'queued';
