"""A batch into the memory: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from floodcore.clock import Clock
from floodcore.store import quarantine
from floodcore.store.database import Database
from floodcore.store.readings import SensorOf, add_totals, store_readings
from floodcore.wire.senml_time import OLDEST
from ingest.decode import Decoded, rejected
from ingest.deliveries import as_first_delivered
from ingest.presence import put_statuses


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a batch; each record of it is counted once.

    `sensor_ids` are the sensors of which something new is known, be it a reading or their device's status.
    """

    stored: int
    duplicate: int
    conflict: int
    quarantined: int
    sensor_ids: tuple[int, ...]


async def store(
    database: Database,
    batch: Sequence[Decoded],
    clock: Clock,
    instance: str = "",
    sensor_of: SensorOf | None = None,
    oldest: timedelta = OLDEST,
) -> Outcome:
    """Store readings, quarantine, statuses and counts; the same batch again changes nothing but the counts.

    The room knows a reading once it is committed. Minutes may have passed since it arrived, if the database was away,
    so its `received_at` is the time of this attempt: what was known at a moment in the past is still the same tomorrow.

    Args:
        database: The memory.
        batch: What arrived.
        clock: The room's.
        instance: Name of the copy of ingest whose deliveries these are; empty where no broker delivered them.
        sensor_of: What the caller remembers of this database's sensors, to be added to.
        oldest: What was observed longer before its arrival is refused.

    Raises:
        DatabaseUnavailable: Nothing is stored, or, when the commit itself broke off, perhaps all: store it again.
    """
    async with database.connection() as connection:
        now = clock.now()  # in here, as waiting for a connection takes its time too
        batch = await as_first_delivered(connection, batch, instance, oldest)
        readings = [reading for one in batch for reading in one.readings]
        told = await store_readings(connection, readings, known_at=now, sensor_of=sensor_of)
        unknown = {(reading.device_id, reading.quantity) for reading in told.unknown}
        refused = [message for one in batch if (message := rejected(one, unknown))]
        await quarantine.keep(connection, refused)
        # On the same clock as the readings: the wall compares the two to see whether a device has spoken since.
        changed = await put_statuses(connection, (replace(one.status, at=now) for one in batch if one.status))
        outcome = Outcome(
            stored=told.stored,
            duplicate=told.duplicate,
            conflict=told.conflict,
            quarantined=sum(message.records for message in refused),
            sensor_ids=tuple(sorted({*told.sensor_ids, *changed})),
        )
        await add_totals(
            connection,
            stored=outcome.stored,
            duplicate=outcome.duplicate,
            conflict=outcome.conflict,
            quarantined=outcome.quarantined,
        )
    return outcome
