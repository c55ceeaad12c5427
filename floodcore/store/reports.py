"""What people saw: taken down once, with its photograph beside it."""

from datetime import datetime
from typing import Any

from floodcore.domain.report import Report, Source
from floodcore.errors import NotFound
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.statements import statements

SQL = statements("reports")
NOT_FOR_THE_JOURNAL = "text"  # it may name people, and the journal is kept for ever


async def make(
    connection: Connection, report: Report, *, actor: str, team_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take a report down.

    Args:
        connection: A journalled one.
        report: What was seen.
        actor: The account that takes it down.
        team_id: Whose crew saw it.
        now: The room's time.

    Returns:
        The row as `reports` has it.

    Raises:
        NotFound: There is no such site.
        Conflict: It is too old.
    """
    asked = {"site_id": report.site_id}
    if report.site_id is not None and await fetch_one(connection, SQL["site"], asked) is None:
        raise NotFound(f"There is no site {report.site_id}; leave it out, or see the list of sites.")
    row = await fetch_one(connection, SQL["make"], _row(report.received(now)) | _beside(actor, team_id, now))
    assert row, "an INSERT returns what it has written"
    if photo := report.photo:
        size = {"media_type": photo.media_type, "width_px": photo.width_px, "height_px": photo.height_px}
        kept = {"report_id": row["report_id"], "content": photo.content, **size}
        await connection.execute(SQL["keep_photo"], kept)
    row = row | {"has_photo": report.photo is not None}
    told = {key: value for key, value in row.items() if key != NOT_FOR_THE_JOURNAL}
    await journal.record(connection, "report", "made", before=None, after=told, actor=actor, now=now)
    return row


async def reports(
    connection: Connection,
    *,
    source: Source | None = None,
    site_id: str | None = None,
    after: datetime | None = None,
    number: int | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Reports as they came in, newest first, each with `has_photo`; seen at `after` or later, those before `number`."""
    asked = {"source": source, "site_id": site_id, "after": after, "number": number, "limit": limit}
    return await fetch_all(connection, SQL["reports"], asked)


async def photo(connection: Connection, report_id: int) -> tuple[str, bytes]:
    """A report's photograph: its media type and its content.

    Raises:
        NotFound: There is none.
    """
    row = await fetch_one(connection, SQL["photo"], {"report_id": report_id})
    if row is None:
        raise NotFound(f"There is no photo of a report {report_id}; see `has_photo` in the list of reports.")
    return row["media_type"], row["content"]


def _row(report: Report) -> dict[str, Any]:
    return {
        "reported_at": report.reported_at,
        "source": report.source,
        "lon": report.place.lon,
        "lat": report.place.lat,
        "text": report.text.strip(),
        "depth_m": report.depth_m,
        "site_id": report.site_id,
    }


def _beside(actor: str, team_id: str | None, now: datetime) -> dict[str, Any]:
    return {"actor": actor, "team_id": team_id, "now": now}
