-- name: levels
-- What every level sensor had said by T0, and nothing that came later: observed AND received by then. `received_at` is
-- the time of the transaction that stored the reading, and a reading's row is never rewritten: so asking again tomorrow
-- gives the answer of whoever asked after T0 and after the transactions of T0 had ended (the service waits for them).
-- The newest reading of each minute is enough for a forecast, and keeps a gauge that reports every second from flooding
-- us; ages ascend from the newest. Other quantities are left out before that: grouping the five that gauges may report
-- took twice as long.
SELECT s.site_id, p.kind, array_agg(r.age_min ORDER BY r.age_min) AS age_min, array_agg(r.value ORDER BY r.age_min) AS level_m
FROM (
    SELECT sensor_id, last(value, observed_at) AS value,
           (extract(epoch FROM %(issue_time)s - max(observed_at)) / 60)::double precision AS age_min
    FROM reading JOIN sensor USING (sensor_id)
    WHERE sensor.quantity = %(level)s AND quality <> %(bad)s
      AND observed_at > %(since)s AND observed_at <= %(issue_time)s AND received_at <= %(issue_time)s
    GROUP BY sensor_id, time_bucket('1 minute', observed_at)
) r
JOIN sensor s USING (sensor_id)
JOIN site p USING (site_id)
GROUP BY s.sensor_id, s.site_id, p.kind
ORDER BY s.sensor_id
