-- What devices are asked for on their command topics.

-- How often a device was last asked to report. No line: it was never asked, or that was taken back.
CREATE TABLE device_command (
    device_id  text PRIMARY KEY REFERENCES device,
    interval_s integer NOT NULL CHECK (interval_s BETWEEN 10 AND 86400),
    asked_at   timestamptz NOT NULL, -- the room's time
    asked_by   text NOT NULL
);
