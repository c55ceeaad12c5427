"""Deliveries that come again and mean the moment at which they came first.

A record without an absolute time is observed when its message arrives. The broker sends a message again, under its
packet number and marked as such, where we were killed before we could acknowledge it: what was stored then must not be
stored once more at another time.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements
from floodcore.wire.senml_time import OLDEST
from ingest.decode import Decoded, decode

SQL = statements("deliveries", "ingest")


async def as_first_delivered(
    connection: Connection, batch: Sequence[Decoded], instance: str, oldest: timedelta = OLDEST
) -> Sequence[Decoded]:
    """The batch with the times that its messages had when they came first; new ones are remembered.

    Only messages whose times count from their arrival are looked at; few gauges have no clock, and most batches pass.

    Args:
        connection: The transaction that stores the batch.
        batch: As it arrived.
        instance: Name of the copy of ingest: packet numbers belong to its session with the broker.
        oldest: What was observed longer before its arrival is refused.
    """
    first: dict[int, datetime] = {}  # by place in the batch
    for round_ in _rounds(batch):
        asked = {
            "instance": instance,
            "packets": [batch[places[0]].message.mid for places in round_],
            "digests": [_digest(batch[places[0]]) for places in round_],
            "times": [batch[places[0]].message.received_at for places in round_],
            "again": [batch[places[0]].message.again for places in round_],
        }
        at = {row["packet"]: row["received_at"] for row in await fetch_all(connection, SQL["remember"], asked)}
        first |= {place: at[batch[place].message.mid] for places in round_ for place in places}
    return [_dated(one, first[place], oldest) if place in first else one for place, one in enumerate(batch)]


def _rounds(batch: Sequence[Decoded]) -> list[list[list[int]]]:
    """Places in the batch: those of one delivery together, and of one packet number only one delivery a round."""
    deliveries: list[list[int]] = []
    latest: dict[tuple[int, bytes], list[int]] = {}
    for place, one in enumerate(batch):
        if not (one.counts_from_arrival and one.message.mid):
            continue
        key = (one.message.mid, _digest(one))
        if one.message.again and key in latest:
            latest[key].append(place)
        else:
            latest[key] = [place]
            deliveries.append(latest[key])
    rounds: list[list[list[int]]] = []
    turns: Counter[int] = Counter()
    for places in deliveries:
        packet = batch[places[0]].message.mid
        if turns[packet] == len(rounds):
            rounds.append([])
        rounds[turns[packet]].append(places)
        turns[packet] += 1
    return rounds


def _digest(one: Decoded) -> bytes:
    return sha256(one.message.topic.encode() + b"\0" + one.message.payload).digest()


def _dated(one: Decoded, at: datetime, oldest: timedelta) -> Decoded:
    return one if at == one.message.received_at else decode(replace(one.message, received_at=at), oldest)
