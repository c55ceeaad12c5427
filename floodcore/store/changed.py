"""What has changed among the readings and is not judged and summed up yet.

Whoever changes what a reading is worth (a batch that stores it, a new mount, a person's correction) notes it in the
same transaction; upkeep takes the notes in the transaction that does the work they ask for.
"""

from collections.abc import Collection
from datetime import timedelta

from floodcore.domain.upkeep import Span
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("changed")
APART = timedelta(hours=1)  # whoever judges or sums up one reading reads its hour anyway


async def note(connection: Connection, spans: Collection[Span]) -> None:
    """Ask for these readings to be judged and summed up (again). Nobody waits for anybody: notes are only added."""
    if not spans:
        return
    told = {
        "newest": max(span.latest for span in spans),
        "sensor_ids": [span.sensor_id for span in spans],
        "earliest": [span.earliest for span in spans],
        "latest": [span.latest for span in spans],
    }
    await connection.execute(SQL["note"], told)


async def take(connection: Connection, limit: int) -> list[Span]:
    """Take at most `limit` notes, those of the newest readings first, out of the list for good once this commits.

    Notes that another process has taken and not yet committed are passed over.

    Returns:
        The spans, the newest first; those of one sensor that lie less than APART from each other are united.
    """
    rows = await fetch_all(connection, SQL["take"], {"limit": limit, "apart": APART})
    return [Span(sensor_id=row["sensor_id"], earliest=row["earliest"], latest=row["latest"]) for row in rows]
