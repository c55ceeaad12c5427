"""The one door from the store to the forecasters: it asks for the issue time, and nothing younger comes through."""

from datetime import datetime, timedelta
from typing import Any

from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import SiteKind
from floodcore.store.database import Connection
from floodcore.store.statements import statements
from forecast.known import Known, Series

SQL = statements("history", "forecast")
# Three readings of a 15-minute gauge, with the age of the newest, lie within an hour; and nothing older is believed.
LOOK_BACK = timedelta(minutes=60)

Rows = list[dict[str, Any]]


async def rows_as_known(connection: Connection, issue_time: datetime) -> Rows:
    """The readings of the last hour as they were known at the issue time, one row a level sensor; for `known`."""
    cursor = connection.cursor(binary=True)  # a large city's arrays are read in half the time
    await cursor.execute(
        SQL["levels"],
        {
            "issue_time": issue_time,
            "since": issue_time - LOOK_BACK,
            "bad": int(Quality.BAD),
            "level": Quantity.LEVEL,
        },
    )
    return await cursor.fetchall()


def known(issue_time: datetime, rows: Rows) -> Known:
    """The rows as arrays; apart from the reading of them, because for a large city it is work for another thread."""
    return Known.of(
        issue_time,
        (
            Series(site_id=row["site_id"], kind=SiteKind(row["kind"]), age_min=row["age_min"], level_m=row["level_m"])
            for row in rows
        ),
    )
