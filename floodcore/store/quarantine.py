"""Messages that could not be read, kept whole with the reason, so that they can be listed and replayed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from floodcore.domain.reading import Reason, Rejected
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.statements import statements

SQL = statements("quarantine")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A message in quarantine; `seen` is how often it came."""

    quarantine_id: int
    message: Rejected
    seen: int


async def keep(connection: Connection, messages: Sequence[Rejected]) -> None:
    """Keep these, inside the caller's transaction; one that is kept already is seen once more."""
    by_digest = sorted(((_digest(one), one) for one in messages), key=itemgetter(0))
    rows = [
        {
            "received_at": one.received_at,
            "topic": one.topic,
            "payload": one.payload,
            "content_type": one.content_type,
            "reason": one.reason,
            "detail": one.detail,
            "records": one.records,
            "digest": digest,
        }
        for digest, one in by_digest  # one order for all writers, so that they cannot lock each other out
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(SQL["keep"], rows)


async def counts(connection: Connection) -> list[dict[str, Any]]:
    """What waits, by reason, the most frequent first: `reason`, `messages`, and the `records` they claim to hold."""
    return await fetch_all(connection, SQL["counts"])


async def listed(connection: Connection, *, reason: Reason | None = None, limit: int) -> list[Kept]:
    """Messages, newest first; all reasons where none is given."""
    rows = await fetch_all(connection, SQL["listed"], {"reason": reason, "limit": limit})
    return [_kept(row) for row in rows]


async def one(connection: Connection, quarantine_id: int) -> Kept | None:
    """One message, or None where it is not there, or not any more."""
    row = await fetch_one(connection, SQL["one"], {"quarantine_id": quarantine_id})
    return _kept(row) if row else None


async def ids(connection: Connection, *, reason: Reason | None = None) -> list[int]:
    """The numbers of all messages of a reason, or of all, in the order of their arrival."""
    return [row["quarantine_id"] for row in await fetch_all(connection, SQL["ids"], {"reason": reason})]


async def refuse_again(connection: Connection, quarantine_id: int, refused: Rejected) -> None:
    """Say anew why a message that stays in quarantine is refused; how often it was seen does not change."""
    told = {"quarantine_id": quarantine_id, "reason": refused.reason, "detail": refused.detail}
    await connection.execute(SQL["refuse_again"], told | {"records": refused.records})


async def take_out(connection: Connection, quarantine_id: int, what: str, *, actor: str, now: datetime) -> bool:
    """Take a message out of quarantine for good; the journal keeps where it came from, why it was there and its digest.

    Args:
        connection: A journalled one.
        quarantine_id: The message.
        what: `replayed` or `dropped`.
        actor: Who does it.
        now: The room's time.

    Returns:
        Whether it was still there.
    """
    row = await fetch_one(connection, SQL["take_out"], {"quarantine_id": quarantine_id})
    if row is None:
        return False
    entry = Entry(
        kind=f"quarantine.{what}",
        entity="quarantine",
        entity_id=str(quarantine_id),
        before=row,
        after=None,
        actor=actor,
        at=now,
    )
    await journal.write(connection, entry)
    return True


def _kept(row: Mapping[str, Any]) -> Kept:
    message = Rejected(
        topic=row["topic"],
        payload=bytes(row["payload"]),
        content_type=row["content_type"],
        reason=Reason(row["reason"]),
        detail=row["detail"],
        received_at=row["received_at"],
        records=row["records"],
    )
    return Kept(quarantine_id=row["quarantine_id"], message=message, seen=row["seen"])


def _digest(message: Rejected) -> bytes:
    """Of topic and payload; no topic holds a zero byte, so the two cannot be confused."""
    return hashlib.sha256(message.topic.encode() + b"\0" + message.payload).digest()
