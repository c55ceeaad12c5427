"""A message out of quarantine, read and stored anew: after the register, or our reading of it, has been mended."""

from dataclasses import dataclass
from datetime import timedelta

from floodcore.clock import Clock
from floodcore.domain.reading import Rejected
from floodcore.store import quarantine
from floodcore.store.database import Connection, Database
from floodcore.store.journal import journalled
from floodcore.store.readings import add_totals, store_readings
from floodcore.wire.senml_time import OLDEST
from ingest.decode import decode, rejected
from ingest.message import Message


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What became of one message. `refused` is None where nothing of it had to stay in quarantine."""

    stored: int
    duplicate: int
    conflict: int
    refused: Rejected | None


async def replay(
    database: Database, quarantine_id: int, clock: Clock, *, actor: str, oldest: timedelta = OLDEST
) -> Replayed | None:
    """Store what can now be read; the message leaves the quarantine once all of it can, in the same transaction.

    Its times count from when it first arrived, so that a relative time means what it meant then. Its readings are
    known from now on. Parts that were stored at its arrival are duplicates. A status is not taken over: it was true
    then, and the device has long said something else.

    Args:
        database: The memory.
        quarantine_id: The message.
        clock: The room's.
        actor: Who asks for it.
        oldest: What was observed longer before its arrival is refused.

    Returns:
        What became of it, or None where the quarantine does not hold it (any more).

    Raises:
        DatabaseUnavailable: Nothing has changed, or, when the commit itself broke off, perhaps all: ask again.
    """
    async with journalled(database) as connection:
        kept = await quarantine.one(connection, quarantine_id)
        if kept is None:
            return None
        decoded = decode(_as_arrived(kept.message), oldest)
        told = await store_readings(connection, decoded.readings, known_at=clock.now())
        still = rejected(decoded, {(reading.device_id, reading.quantity) for reading in told.unknown})
        await _settle(connection, quarantine_id, still, actor, clock)
        # What is stored now counts as stored; that it was quarantined when it came stays true and is not taken back.
        # Counted as replayed beside, it is not taken for another arrival.
        again = told.stored + told.conflict
        await add_totals(connection, stored=told.stored, conflict=told.conflict, replayed=again)
    return Replayed(stored=told.stored, duplicate=told.duplicate, conflict=told.conflict, refused=still)


def _as_arrived(message: Rejected) -> Message:
    return Message(
        topic=message.topic,
        payload=message.payload,
        content_type=message.content_type,
        received_at=message.received_at,
    )


async def _settle(connection: Connection, quarantine_id: int, still: Rejected | None, actor: str, clock: Clock) -> None:
    if still:
        await quarantine.refuse_again(connection, quarantine_id, still)
    else:
        await quarantine.take_out(connection, quarantine_id, "replayed", actor=actor, now=clock.now())
