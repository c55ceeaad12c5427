-- name: remember
-- When each of these came first: a delivery that the broker marks as sent again keeps the time of the one before it, if
-- that had the same topic and payload; any other begins anew under its number. What is a day old was another one: the
-- first delivery of this one was never stored.
INSERT INTO untimed_delivery AS known (instance, packet, digest, received_at)
SELECT %(instance)s, packet, digest, received_at
FROM unnest(%(packets)s::integer[], %(digests)s::bytea[], %(times)s::timestamptz[])
    AS came (packet, digest, received_at)
ORDER BY packet
ON CONFLICT (instance, packet) DO UPDATE SET digest = excluded.digest, received_at = CASE
    WHEN known.digest = excluded.digest AND known.received_at > excluded.received_at - INTERVAL '1 day'
        AND excluded.packet = ANY(
            SELECT packet FROM unnest(%(packets)s::integer[], %(again)s::boolean[]) AS sent (packet, again) WHERE again
        )
    THEN known.received_at
    ELSE excluded.received_at
END
RETURNING packet, received_at
