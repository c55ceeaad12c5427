"""Readings summed up over 1, 5, 15 and 60 minutes: right whenever something about a reading changes.

Two builds of TimescaleDB, one question: where the name `rollup` is a table, it is written here, for the changed ranges
only; where it is a view of continuous aggregates, they have their own list of what has changed and are told to go on.
"""

from collections.abc import Collection
from datetime import datetime

from floodcore.domain.rollup import Every
from floodcore.domain.upkeep import Span
from floodcore.store.database import Connection, Database, fetch_one
from floodcore.store.statements import statements

SQL = statements("rollups")
WIDEST = Every.HOUR.width
OPEN = 2 * WIDEST  # the newest buckets change with every reading: they are computed when they are asked for


async def are_kept(connection: Connection) -> bool:
    """Whether rollups are ours to write; else the database has continuous aggregates."""
    row = await fetch_one(connection, SQL["are_kept"])
    return bool(row and row["are_kept"])


async def kept_from(connection: Connection) -> datetime | None:
    """Since when the memory holds all readings; None: it has never dropped any."""
    row = await fetch_one(connection, SQL["kept_from"])
    return row["kept_from"] if row else None


async def take_turn(connection: Connection) -> None:
    """Wait for whoever sums up, and keep others waiting until the transaction ends.

    To be called before the readings are read: of two that read at once, the one that saw less could write last.
    """
    await connection.execute(SQL["take_turn"])


async def sum_up(connection: Connection, spans: Collection[Span]) -> None:
    """Compute anew the rollups in which these readings lie, inside the caller's transaction.

    Where another may do the same, `take_turn` comes first. What lies before the oldest reading that the memory keeps
    stays as it is.
    """
    if not spans:
        return
    asked = {
        "sensor_ids": [span.sensor_id for span in spans],
        "earliest": [span.earliest for span in spans],
        "latest": [span.latest for span in spans],
        "begins": min(span.earliest for span in spans) - WIDEST,
        "ends": max(span.latest for span in spans) + WIDEST,
        "kept_from": await kept_from(connection),
    }
    for every in Every:
        await connection.execute(SQL["sum_up"], {**asked, "width": every.width, "every_min": every.minutes})


async def refresh(database: Database, until: datetime) -> None:
    """Have continuous aggregates take in what has changed before a moment; our own table has it already.

    What was dropped from the memory is never asked for again: they would forget it.
    """
    async with database.connection() as connection:
        if await are_kept(connection):
            return
        asked = {"begins": await kept_from(connection), "ends": until}
        await connection.commit()
        await connection.set_autocommit(True)  # it is a procedure with transactions of its own
        try:
            for every in Every:
                await connection.execute(SQL["refresh"], {**asked, "view": f"rollup_{every.minutes}"})
        finally:
            await connection.set_autocommit(False)
