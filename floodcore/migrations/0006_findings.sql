-- What a look over a sensor's last weeks found, from when on it holds, and until when: a zero that has wandered, something
-- before the head. Readings within carry the flag; they are suspect and go on counting.
CREATE TABLE finding (
    sensor_id integer NOT NULL REFERENCES sensor,
    flag      integer NOT NULL, -- one bit of floodcore.domain.quality.Flag
    begins    timestamptz NOT NULL,
    ends      timestamptz CHECK (ends > begins), -- no part of it; NULL: until further notice
    detail    text NOT NULL, -- the figure behind it, for a person
    PRIMARY KEY (sensor_id, flag, begins)
);
CREATE UNIQUE INDEX finding_one_open_of_a_kind ON finding (sensor_id, flag) WHERE ends IS NULL;
