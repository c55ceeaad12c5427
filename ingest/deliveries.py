"""Deliveries that come again and mean the moment at which they came first.

A record without an absolute time is observed when its message arrives. The broker sends a message again, under its
packet number and marked as such, where we were killed before we could acknowledge it: what was stored then must not be
stored once more at another time.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace

from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements
from ingest.decode import Decoded, decode

SQL = statements("deliveries", "ingest")


async def as_first_delivered(connection: Connection, batch: Sequence[Decoded], instance: str) -> Sequence[Decoded]:
    """The batch with the times that its messages had when they came first; new ones are remembered.

    Only messages whose times count from their arrival are looked at; few gauges have no clock, and most batches pass.

    Args:
        connection: The transaction that stores the batch.
        batch: As it arrived.
        instance: Name of the copy of ingest: packet numbers belong to its session with the broker.
    """
    untimed = {one.message.mid: one for one in batch if one.counts_from_arrival and one.message.mid}
    if not untimed:
        return batch
    asked = {
        "instance": instance,
        "packets": list(untimed),
        "digests": [_digest(one) for one in untimed.values()],
        "times": [one.message.received_at for one in untimed.values()],
        "again": [one.message.again for one in untimed.values()],
    }
    rows = await fetch_all(connection, SQL["remember"], asked)
    first = {row["packet"]: row["received_at"] for row in rows}
    return [_dated(one, first) if untimed.get(one.message.mid) is one else one for one in batch]


def _digest(one: Decoded) -> bytes:
    return sha256(one.message.topic.encode() + b"\0" + one.message.payload).digest()


def _dated(one: Decoded, first: dict[int, datetime]) -> Decoded:
    at = first[one.message.mid]
    if at == one.message.received_at:
        return one
    return decode(replace(one.message, received_at=at))
