-- name: are_kept
-- Whether rollups are a table that we write, or a view of continuous aggregates.
SELECT relkind IN ('r', 'p') AS are_kept FROM pg_class WHERE oid = 'rollup'::regclass

-- name: kept_from
-- Since when the memory holds all readings. What is older was dropped, and what comes late for it is not summed up: a few
-- late readings must not take the place of all of them.
SELECT max(ends) AS kept_from FROM archived WHERE what = 'readings' AND dropped_at IS NOT NULL

-- name: take_turn
SELECT pg_advisory_xact_lock(hashtext('onemap rollups'))

-- name: sum_up
-- The rollups of one width in which these spans lie, computed anew from all readings in them. A reading is never deleted
-- alone, so a rollup is empty only where all its readings are bad. The span of all spans spares the planner the chunks of
-- other years. Multiranges unite what overlaps, so that no rollup is computed twice.
WITH span AS (
    SELECT sensor_id, unnest(range_agg(tstzrange(
        greatest(time_bucket(%(width)s, earliest), kept_from),
        greatest(time_bucket(%(width)s, latest) + %(width)s, kept_from)
    ))) AS span
    FROM unnest(%(sensor_ids)s::integer[], %(earliest)s::timestamptz[], %(latest)s::timestamptz[])
        AS asked (sensor_id, earliest, latest)
    CROSS JOIN (SELECT coalesce(%(kept_from)s::timestamptz, '-infinity') AS kept_from) AS kept
    GROUP BY sensor_id
), fresh AS MATERIALIZED (
    SELECT span.sensor_id, one.*
    FROM span CROSS JOIN LATERAL (
        SELECT time_bucket(%(width)s, observed_at) AS begins,
            count(*) FILTER (WHERE quality <> 3) AS n,
            count(*) FILTER (WHERE quality = 3) AS bad,
            avg(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS mean,
            min(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS lowest,
            max(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS highest,
            last(coalesce(adjusted, value), observed_at) FILTER (WHERE quality <> 3) AS last,
            sum(coalesce(adjusted, value)) FILTER (WHERE quality <> 3) AS total
        FROM reading
        WHERE reading.sensor_id = span.sensor_id
            AND observed_at >= lower(span.span) AND observed_at < upper(span.span)
            AND observed_at >= %(begins)s AND observed_at < %(ends)s
        GROUP BY 1
    ) AS one
), emptied AS (
    DELETE FROM rollup USING fresh
    WHERE fresh.n = 0 AND rollup.sensor_id = fresh.sensor_id AND rollup.every_min = %(every_min)s
        AND rollup.begins = fresh.begins AND rollup.begins >= %(begins)s AND rollup.begins < %(ends)s
)
INSERT INTO rollup (sensor_id, every_min, begins, n, bad, mean, lowest, highest, last, total)
SELECT sensor_id, %(every_min)s, begins, n, bad, mean, lowest, highest, last, total
FROM fresh WHERE n > 0
ORDER BY sensor_id, begins
ON CONFLICT (sensor_id, every_min, begins) DO UPDATE SET n = excluded.n, bad = excluded.bad, mean = excluded.mean,
    lowest = excluded.lowest, highest = excluded.highest, last = excluded.last, total = excluded.total
WHERE (rollup.n, rollup.bad, rollup.mean, rollup.lowest, rollup.highest, rollup.last, rollup.total)
    IS DISTINCT FROM
    (excluded.n, excluded.bad, excluded.mean, excluded.lowest, excluded.highest, excluded.last, excluded.total)

-- name: refresh
-- Outside of a transaction. Only what has changed since the last time is computed; both ends are whole buckets.
CALL refresh_continuous_aggregate(%(view)s::regclass, %(begins)s::timestamptz, %(ends)s::timestamptz)
