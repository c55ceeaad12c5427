"""Incidents: opened, raised, lowered, acknowledged, closed; each change with its entry in the journal.

Whatever writes here runs inside `floodcore.store.journal.journalled`, on its connection; `note_depth` alone does not
need to: depths are readings, and the readings are their own record.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from floodcore.domain.incident import AlarmState, Incident, IncidentKind
from floodcore.domain.levels import Level
from floodcore.errors import NotFound
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.statements import statements

SQL = statements("incidents")


async def open_incidents(connection: Connection) -> list[Incident]:
    """All that stand, by number."""
    return [incident_of(row) for row in await fetch_all(connection, SQL["open_now"])]


async def open_incident(
    connection: Connection,
    *,
    site_id: str,
    kind: IncidentKind,
    level: Level,
    depth_m: float,
    at: datetime,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Open an incident; returns its row, or that of the one of this kind which stands open at the site already.

    Args:
        connection: A journalled one.
        site_id: Where.
        kind: Why.
        level: BLUE to RED.
        depth_m: Metres, as the site's readings are.
        at: Observation time of what opened it.
        actor: Who opens it.
        now: The room's time.
    """
    asked = {"site_id": site_id, "kind": kind, "level": int(level), "depth_m": depth_m, "at": at}
    row = await fetch_one(connection, SQL["open"], asked)
    if row is None:
        standing = await fetch_one(connection, SQL["open_at_site"], asked)
        assert standing, "the unique index says that one stands open"
        return standing
    await journal.record(connection, "incident", "opened", before=None, after=row, actor=actor, now=now)
    return row


async def set_level(
    connection: Connection,
    incident_id: int,
    level: Level,
    *,
    depth_m: float,
    at: datetime,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Raise or lower an incident; returns the row after it, unchanged where it has that level already.

    A level higher than any before calls a person again: whoever acknowledged the blue has not seen the red.

    Args:
        connection: A journalled one.
        incident_id: The incident.
        level: NORMAL to RED.
        depth_m: Metres.
        at: Observation time of what changed it.
        actor: Who changes it.
        now: The room's time.

    Raises:
        NotFound: There is no such incident.
    """
    before = await _locked(connection, incident_id)
    if before["level"] == level or before["closed_at"]:
        return before
    row = await _changed(
        connection,
        "set_level",
        {"incident_id": incident_id, "level": int(level), "depth_m": depth_m, "at": at, **_seen(before, level)},
    )
    what = "raised" if level > before["level"] else "lowered"
    await journal.record(connection, "incident", what, before=before, after=row, actor=actor, now=now)
    return row


async def raise_peak(
    connection: Connection, incident_id: int, level: Level, *, depth_m: float, actor: str, now: datetime
) -> dict[str, Any]:
    """Note that an incident, open or closed, was worse than it knew; returns the row after it.

    A level higher than any before calls a person, as in `set_level`; of a closed incident as an alarm that returned.

    Args:
        connection: A journalled one.
        incident_id: The incident.
        level: The level of that depth.
        depth_m: Metres.
        actor: Who notes it.
        now: The room's time.

    Raises:
        NotFound: There is no such incident.
    """
    before = await _locked(connection, incident_id)
    if before["peak_depth_m"] >= depth_m and before["peak_level"] >= level:
        return before
    asked = {"incident_id": incident_id, "level": int(level), "depth_m": depth_m, **_seen(before, level)}
    row = await _changed(connection, "raise_peak", asked)
    await journal.record(connection, "incident", "was_deeper", before=before, after=row, actor=actor, now=now)
    return row


async def note_depth(
    connection: Connection,
    incident_id: int,
    *,
    depth_m: float,
    peak_depth_m: float,
    below_since: datetime | None,
) -> None:
    """Bring an open incident's figures up to date: its newest depth, its deepest, and since when it is below all."""
    await connection.execute(
        SQL["note_depth"],
        {
            "incident_id": incident_id,
            "depth_m": depth_m,
            "peak_depth_m": peak_depth_m,
            "below_since": below_since,
        },
    )


async def close_incident(
    connection: Connection, incident_id: int, *, depth_m: float, at: datetime, actor: str, now: datetime
) -> dict[str, Any]:
    """Close an incident; returns the row after it, unchanged where it is closed already.

    An alarm that nobody has acknowledged stays, as returned, until somebody does.

    Raises:
        NotFound: There is no such incident.
    """
    before = await _locked(connection, incident_id)
    if before["closed_at"]:
        return before
    alarm = AlarmState(before["alarm"]).when_over()
    row = await _changed(
        connection, "close", {"incident_id": incident_id, "depth_m": depth_m, "at": at, "alarm": alarm}
    )
    await journal.record(connection, "incident", "closed", before=before, after=row, actor=actor, now=now)
    return row


async def acknowledge(connection: Connection, incident_id: int, *, actor: str, now: datetime) -> dict[str, Any]:
    """A person has seen the alarm: new → acknowledged, returned → closed; again changes nothing.

    Returns:
        The row after it.

    Raises:
        NotFound: There is no such incident.
    """
    before = await _locked(connection, incident_id)
    present = AlarmState(before["alarm"])
    alarm = present.when_seen()
    if alarm is present:
        return before
    row = await _changed(
        connection, "acknowledge", {"incident_id": incident_id, "alarm": alarm, "actor": actor, "now": now}
    )
    await journal.record(connection, "incident", "acknowledged", before=before, after=row, actor=actor, now=now)
    return row


def incident_of(row: Mapping[str, Any]) -> Incident:
    """The incident that a row of the table describes."""
    words = {"kind": IncidentKind(row["kind"]), "alarm": AlarmState(row["alarm"])}
    levels = {"level": Level(row["level"]), "peak_level": Level(row["peak_level"])}
    return Incident(**{**row, **words, **levels})


def _seen(before: Mapping[str, Any], level: Level) -> dict[str, Any]:
    """The alarm's columns once the incident is at a level: as they are, unless nobody has seen it so bad."""
    if level <= before["peak_level"]:
        return {key: before[key] for key in ("alarm", "acknowledged_at", "acknowledged_by")}
    alarm = AlarmState.RETURNED if before["closed_at"] else AlarmState.NEW
    return {"alarm": alarm, "acknowledged_at": None, "acknowledged_by": None}


async def _locked(connection: Connection, incident_id: int) -> dict[str, Any]:
    return await _changed(connection, "lock", {"incident_id": incident_id})


async def _changed(connection: Connection, statement: str, parameters: dict[str, Any]) -> dict[str, Any]:
    row = await fetch_one(connection, SQL[statement], parameters)
    if row is None:
        raise NotFound(f"There is no incident {parameters['incident_id']}; reload the list.")
    return row
