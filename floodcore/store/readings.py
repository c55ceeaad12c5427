"""Readings into the memory, each counted exactly once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from floodcore.domain.reading import SELF_REPORTS, Quantity, Reading
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("readings")
COLUMN_TYPES = (
    "int4",
    "int4",
    "timestamptz",
    "timestamptz",
    "float8",
    "text",
    "int4",
)  # a binary COPY converts nothing
COUNTERS = ("conflict", "duplicate", "quarantined", "stored")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What became of a batch: `stored + duplicate + conflict + len(unknown)` is its length.

    Attributes:
        stored: New readings.
        duplicate: Already known, whether as the reading or as a conflicting value of it.
        conflict: Another value for a reading that is known, kept beside it.
        unknown: Readings of a device, or of a quantity of it, that the register does not know; not stored.
        sensor_ids: Sensors of which something new is stored, in order.
    """

    stored: int
    duplicate: int
    conflict: int
    unknown: tuple[Reading, ...]
    sensor_ids: tuple[int, ...]


async def store_readings(connection: Connection, readings: Sequence[Reading]) -> Stored:
    """Store what is new, inside the caller's transaction; the same batch again changes nothing.

    Of two values for one identity the first to arrive is the reading, the other is kept in `reading_conflict`.
    `latest` never goes back in time. The caller adds the counts up with `add_totals` where they are its to count.
    """
    known, unknown = await _assign(connection, readings)
    if not known:
        return Stored(stored=0, duplicate=0, conflict=0, unknown=unknown, sensor_ids=())
    await _stage(connection, known)
    new = await fetch_all(connection, SQL["store"])
    stored = sum(row["n"] for row in new)
    conflict = await _keep_conflicts(connection, known) if stored < len(known) else 0
    return Stored(
        stored=stored,
        duplicate=len(known) - stored - conflict,
        conflict=conflict,
        unknown=unknown,
        sensor_ids=tuple(row["sensor_id"] for row in new),
    )


async def add_totals(
    connection: Connection, *, stored: int = 0, duplicate: int = 0, conflict: int = 0, quarantined: int = 0
) -> None:
    """Add to what ingest has counted, in the transaction that stores what is counted.

    Call it last: the four rows stay locked until the commit.
    """
    counts = {"stored": stored, "duplicate": duplicate, "conflict": conflict, "quarantined": quarantined}
    for name in COUNTERS:  # always in this order, so that two writers cannot lock each other out
        if counts[name]:
            await connection.execute(SQL["add_total"], {"name": name, "n": counts[name]})


async def totals(connection: Connection) -> dict[str, int]:
    """What ingest has counted since the database was made: stored, duplicate, conflict, quarantined."""
    return {row["name"]: row["n"] for row in await fetch_all(connection, SQL["totals"])}


async def _assign(
    connection: Connection, readings: Sequence[Reading]
) -> tuple[list[tuple[int, Reading]], tuple[Reading, ...]]:
    """Each reading beside its sensor's number, and those for which there is none.

    A device of the register may report on itself without being asked: its battery and its signal become sensors.
    """
    pairs = {(reading.device_id, reading.quantity) for reading in readings}
    sensor_of = await _sensors_of(connection, pairs)
    if reports := {pair for pair in pairs - sensor_of.keys() if pair[1] in SELF_REPORTS}:
        await connection.execute(SQL["add_self_reports"], _asked(reports))
        sensor_of |= await _sensors_of(connection, reports)
    known, unknown = [], []
    for reading in readings:
        sensor_id = sensor_of.get((reading.device_id, reading.quantity))
        if sensor_id is None:
            unknown.append(reading)
        else:
            known.append((sensor_id, reading))
    return known, tuple(unknown)


async def _sensors_of(
    connection: Connection, pairs: Collection[tuple[str, Quantity]]
) -> dict[tuple[str, Quantity], int]:
    rows = await fetch_all(connection, SQL["known_sensors"], _asked(pairs))
    return {(row["device_id"], Quantity(row["quantity"])): row["sensor_id"] for row in rows}


def _asked(pairs: Collection[tuple[str, Quantity]]) -> dict[str, list[str]]:
    return {"devices": [device for device, _ in pairs], "quantities": [str(quantity) for _, quantity in pairs]}


async def _stage(connection: Connection, known: Sequence[tuple[int, Reading]]) -> None:
    await connection.execute(SQL["staging"])
    await connection.execute(SQL["empty_staging"])
    async with connection.cursor() as cursor, cursor.copy(SQL["stage"]) as copy:
        copy.set_types(COLUMN_TYPES)
        for position, (sensor_id, one) in enumerate(known):
            row = (one.observed_at, one.received_at, one.value, one.source_quality, one.flags)
            await copy.write_row((position, sensor_id, *row))


async def _keep_conflicts(connection: Connection, known: Sequence[tuple[int, Reading]]) -> int:
    times = [reading.observed_at for _, reading in known]
    cursor = await connection.execute(SQL["keep_conflicts"], {"earliest": min(times), "last": max(times)})
    return cursor.rowcount
