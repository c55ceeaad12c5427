"""Messages that could not be read, kept whole with the reason, so that they can be listed and replayed."""

import hashlib
from collections.abc import Sequence
from operator import itemgetter

from floodcore.domain.reading import Rejected
from floodcore.store.database import Connection
from floodcore.store.statements import statements

SQL = statements("quarantine")


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


def _digest(message: Rejected) -> bytes:
    """Of topic and payload; no topic holds a zero byte, so the two cannot be confused."""
    return hashlib.sha256(message.topic.encode() + b"\0" + message.payload).digest()
