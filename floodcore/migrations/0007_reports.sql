-- What people saw. What a citizen said may name people, so the text stands here and nowhere else: the journal notes that
-- there is a report, and not what it says.
CREATE TABLE report (
    report_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reported_at timestamptz NOT NULL, -- when it was seen, or told
    received_at timestamptz NOT NULL,
    source      text NOT NULL CHECK (source IN ('hotline', 'post', 'crew')),
    lon         double precision NOT NULL CHECK (lon BETWEEN -180 AND 180), -- as it was told
    lat         double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    text        text NOT NULL CHECK (text <> ''),
    depth_m     double precision CHECK (depth_m BETWEEN 0 AND 20), -- over the road, by eye
    site_id     text REFERENCES site,
    team_id     text REFERENCES team, -- whose crew saw it
    author      text NOT NULL -- the account that took it down
);
CREATE INDEX report_reported ON report (reported_at);

-- Beside it, so that lists need not read it.
CREATE TABLE report_photo (
    report_id  bigint PRIMARY KEY REFERENCES report ON DELETE CASCADE,
    media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg')),
    width_px   integer NOT NULL CHECK (width_px BETWEEN 1 AND 1600),
    height_px  integer NOT NULL CHECK (height_px BETWEEN 1 AND 1600),
    content    bytea NOT NULL CHECK (length(content) <= 524288)
);

-- The desk that takes the citizens' calls: it sees what the wall sees, and takes reports down.
ALTER TABLE app_user DROP CONSTRAINT app_user_role_check;
ALTER TABLE app_user ADD CONSTRAINT app_user_role_check CHECK (role IN ('viewer', 'hotline', 'officer', 'admin', 'crew'));
