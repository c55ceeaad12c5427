"""Readings into the memory, each counted exactly once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from floodcore.domain.quality import Flag
from floodcore.domain.reading import SELF_REPORTS, Quantity, Reading
from floodcore.domain.upkeep import level_m, mount_at
from floodcore.store import mounts, staging
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("readings")
SensorOf = dict[tuple[str, Quantity], int]  # a sensor's number by its device and quantity
COUNTERS = ("conflict", "duplicate", "quarantined", "replayed", "stored")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What became of a batch: `stored + duplicate + conflict + len(unknown)` is its length.

    A level that follows from a distance and the mount is stored with it and counted nowhere: no device sent it.

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


async def store_readings(
    connection: Connection,
    readings: Sequence[Reading],
    *,
    known_at: datetime | None = None,
    sensor_of: SensorOf | None = None,
) -> Stored:
    """Store what is new, inside the caller's transaction; the same batch again changes nothing.

    Of two values for one identity the first to arrive is the reading, the other is kept in `reading_conflict`.
    `latest` never goes back in time. Where the register knows how an ultrasonic or radar head is mounted, the level
    is stored beside the distance at once: no alarm waits for anybody. The caller adds the counts up with `add_totals`
    where they are its to count.

    Args:
        connection: A transaction.
        readings: What was observed.
        known_at: When the room knows them; None where each says so itself in `received_at` (an event pack does).
        sensor_of: What the caller remembers of this database's sensors, to be added to: a number never changes.
    """
    keys = [(one.device_id, one.quantity) for one in readings]
    pairs = set(keys)
    found = await _look_up(connection, pairs, {} if sensor_of is None else sensor_of)
    ids = [found.get(key) for key in keys]
    if None in ids:
        unknown = tuple(one for one, sensor_id in zip(readings, ids, strict=True) if sensor_id is None)
        known = [one for one, sensor_id in zip(readings, ids, strict=True) if sensor_id is not None]
    else:
        unknown, known = (), list(readings)
    if not known:
        return Stored(stored=0, duplicate=0, conflict=0, unknown=unknown, sensor_ids=())
    levels = await _levels(connection, known) if any(one is Quantity.DISTANCE for _, one in pairs) else []
    known_ids = [sensor_id for sensor_id in ids if sensor_id is not None]
    level_ids = await _ids_of_levels(connection, levels)
    new = await store_rows(connection, staging.rows([*known_ids, *level_ids], [*known, *levels], known_at))
    stored = sum(new.values())
    conflict = await _keep_conflicts(connection, known) if stored < len(known) else 0
    return Stored(
        stored=stored,
        duplicate=len(known) - stored - conflict,
        conflict=conflict,
        unknown=unknown,
        sensor_ids=tuple(new),
    )


async def store_rows(connection: Connection, rows: bytes) -> dict[int, int]:
    """Store rows as `staging.rows` makes them; how many of each sensor were new, what was derived not counted."""
    await connection.execute(SQL["staging"])
    await connection.execute(SQL["empty_staging"])
    async with connection.cursor() as cursor, cursor.copy(SQL["stage"]) as copy:
        await copy.write(rows)
    new = await fetch_all(connection, SQL["store"], {"derived": int(Flag.DERIVED)})
    return {row["sensor_id"]: row["n"] for row in new}


async def add_totals(
    connection: Connection,
    *,
    stored: int = 0,
    duplicate: int = 0,
    conflict: int = 0,
    quarantined: int = 0,
    replayed: int = 0,
) -> None:
    """Add to what ingest has counted, in the transaction that stores what is counted.

    Call it last: the rows stay locked until the commit.

    Args:
        connection: That transaction.
        stored: Records that are new readings.
        duplicate: Records that were known.
        conflict: Records with another value for a known reading.
        quarantined: Records that could not be read.
        replayed: Of the stored and the conflicting ones, those that did not arrive now but came out of quarantine.
    """
    counts = {
        "stored": stored,
        "duplicate": duplicate,
        "conflict": conflict,
        "quarantined": quarantined,
        "replayed": replayed,
    }
    for name in COUNTERS:  # always in this order, so that two writers cannot lock each other out
        if counts[name]:
            await connection.execute(SQL["add_total"], {"name": name, "n": counts[name]})


async def totals(connection: Connection) -> dict[str, int]:
    """What has been counted since the database was made, under each name of `COUNTERS`."""
    counted = {row["name"]: row["n"] for row in await fetch_all(connection, SQL["totals"])}
    return {name: counted.get(name, 0) for name in COUNTERS}


def arrived(counted: Mapping[str, int]) -> int:
    """How many records have come, by `totals`: `stored + duplicate + conflict + quarantined - replayed`.

    A record that is replayed out of quarantine is counted a second time when it is stored, and has come once.
    """
    return sum(counted.values()) - 2 * counted["replayed"]


async def _look_up(connection: Connection, pairs: Collection[tuple[str, Quantity]], remembered: SensorOf) -> SensorOf:
    """The sensors of those pairs that the register knows; those that were committed before are remembered.

    A device of the register may report on itself without being asked: its battery and its signal become sensors.
    """
    remembered |= await _registered(connection, pairs - remembered.keys())
    reports = {pair for pair in pairs if pair[1] in SELF_REPORTS and pair not in remembered}
    return remembered | await _added(connection, reports) if reports else remembered


async def _levels(connection: Connection, readings: Sequence[Reading]) -> list[Reading]:
    """The levels that follow from those distances whose device has a mount with a height."""
    distances = [reading for reading in readings if reading.quantity is Quantity.DISTANCE]
    of_devices = await mounts.mounts_of(connection, (reading.device_id for reading in distances))
    levels = []
    for reading in distances:
        mount = mount_at(of_devices.get(reading.device_id, ()), reading.observed_at)
        level = level_m(mount, reading.value) if mount else None
        if level is not None:
            flags = reading.flags | Flag.DERIVED
            levels.append(msgspec.structs.replace(reading, quantity=Quantity.LEVEL, value=level, flags=int(flags)))
    return levels


async def _ids_of_levels(connection: Connection, levels: Sequence[Reading]) -> list[int]:
    """The sensors of derived levels, added where the register has only the distance."""
    pairs = {(level.device_id, Quantity.LEVEL) for level in levels}
    found = await _registered(connection, pairs)
    if missing := pairs - found.keys():
        found |= await _added(connection, missing)
    return [found[level.device_id, Quantity.LEVEL] for level in levels]


async def _added(connection: Connection, pairs: Collection[tuple[str, Quantity]]) -> dict[tuple[str, Quantity], int]:
    await connection.execute(SQL["add_sensors"], _asked(pairs))
    return await _registered(connection, pairs)


async def _registered(
    connection: Connection, pairs: Collection[tuple[str, Quantity]]
) -> dict[tuple[str, Quantity], int]:
    if not pairs:
        return {}
    rows = await fetch_all(connection, SQL["known_sensors"], _asked(pairs))
    return {(row["device_id"], Quantity(row["quantity"])): row["sensor_id"] for row in rows}


def _asked(pairs: Collection[tuple[str, Quantity]]) -> dict[str, list[str]]:
    return {"devices": [device for device, _ in pairs], "quantities": [str(quantity) for _, quantity in pairs]}


async def _keep_conflicts(connection: Connection, known: Sequence[Reading]) -> int:
    times = [reading.observed_at for reading in known]
    span = {"earliest": min(times), "last": max(times), "derived": int(Flag.DERIVED)}
    return (await connection.execute(SQL["keep_conflicts"], span)).rowcount
