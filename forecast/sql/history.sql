-- name: levels
-- What every level sensor had said by T0, and nothing that came later: observed AND received by then, worth what it was
-- worth then. `received_at` is the time of the transaction that stored the reading, `judged_at` that of the one that
-- judged it, and the raw value is never changed: so asking again tomorrow gives the answer of whoever asked after T0 and
-- after the transactions of T0 had ended (the service waits for them). A reading that was judged later had its past
-- judgement, where it is on record that one held at T0; else nobody had judged it, and it counts as it came.
-- The newest reading of each minute is enough for a forecast, and keeps a gauge that reports every second from flooding
-- us; ages ascend from the newest. Other quantities are left out before that: grouping the five that gauges may report
-- took twice as long.
SELECT s.site_id, p.kind, array_agg(r.age_min ORDER BY r.age_min) AS age_min, array_agg(r.value ORDER BY r.age_min) AS level_m
FROM (
    SELECT sensor_id, last(value, observed_at) AS value,
           (extract(epoch FROM %(issue_time)s - max(observed_at)) / 60)::double precision AS age_min
    FROM (
        SELECT reading.sensor_id, reading.observed_at,
            CASE WHEN reading.judged_at > %(issue_time)s THEN coalesce(past.adjusted, value)
                ELSE coalesce(reading.adjusted, value) END AS value,
            CASE WHEN reading.judged_at > %(issue_time)s THEN coalesce(past.quality, 0)
                ELSE reading.quality END AS quality
        FROM reading JOIN sensor USING (sensor_id)
        LEFT JOIN LATERAL (
            SELECT one.adjusted, one.quality FROM past_judgement AS one
            WHERE reading.judged_at > %(issue_time)s -- else the table is not looked into
                AND one.sensor_id = reading.sensor_id AND one.observed_at = reading.observed_at
                AND one.until > %(issue_time)s AND coalesce(one.judged_at, '-infinity') <= %(issue_time)s
            LIMIT 1
        ) AS past ON true
        WHERE sensor.quantity = %(level)s
            AND reading.observed_at > %(since)s AND reading.observed_at <= %(issue_time)s
            AND reading.received_at <= %(issue_time)s
    ) AS held
    WHERE quality <> %(bad)s
    GROUP BY sensor_id, time_bucket('1 minute', observed_at)
) r
JOIN sensor s USING (sensor_id)
JOIN site p USING (site_id)
GROUP BY s.sensor_id, s.site_id, p.kind
ORDER BY s.sensor_id
