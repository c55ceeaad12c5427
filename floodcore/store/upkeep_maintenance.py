"""When somebody works at a device: until then its readings are no water, and its silence is no alarm."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from floodcore.domain.people import check_reason, check_span
from floodcore.errors import NotFound, Refused
from floodcore.store import journal, upkeep_spans
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.statements import statements

SQL = statements("upkeep_maintenance")


class Work(StrEnum):
    """How work stands at a moment."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    OVER = "over"
    CALLED_OFF = "called_off"  # before it began; such work is in the journal alone


async def plan(
    connection: Connection,
    *,
    device_id: str,
    begins: datetime | None,
    ends: datetime,
    reason: str,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Say that somebody works at a device; readings that came meanwhile are judged again.

    Args:
        connection: A journalled one.
        device_id: The device.
        begins: First moment of the work, which may be past; None for now.
        ends: First moment after it.
        reason: What is done.
        actor: Who says so.
        now: The room's time.

    Returns:
        The row, with `state`.

    Raises:
        NotFound: There is no such device.
        Refused: The work is none, or too long, or nobody says why.
    """
    if await fetch_one(connection, SQL["device"], {"device_id": device_id}) is None:
        raise NotFound(f"There is no device {device_id} in the register; see the list of devices.")
    check_reason(reason)
    start = begins or now
    check_span(start, ends, is_implied=begins is None)
    if start == ends:
        raise Refused("Work that ends as it begins is none; let it end later.")
    asked = {"device_id": device_id, "begins": start, "ends": ends, "reason": reason.strip(), "author": actor}
    row = await fetch_one(connection, SQL["plan"], asked)
    assert row, "an INSERT returns what it has written"
    await journal.record(connection, "maintenance", "planned", before=None, after=row, actor=actor, now=now)
    await upkeep_spans.note_devices(connection, {device_id: (start, ends)}, now=now)
    return row | {"state": _state(row, now)}


async def end(connection: Connection, maintenance_id: int, *, actor: str, now: datetime) -> dict[str, Any]:
    """The work is done now, before its time; work that is over stays as it is, and work to come is called off.

    Args:
        connection: A journalled one.
        maintenance_id: The work.
        actor: Who says so.
        now: The room's time.

    Returns:
        The row after it, with `state`.

    Raises:
        NotFound: There is no such work, or it was called off.
    """
    before = await fetch_one(connection, SQL["lock"], {"maintenance_id": maintenance_id})
    if before is None:
        raise NotFound(f"There is no maintenance {maintenance_id}; see the list of maintenance.")
    if before["ends"] <= now:
        return before | {"state": Work.OVER}
    if before["begins"] < now:
        return await _end_now(connection, before, actor, now)
    return await _call_off(connection, before, actor, now)


async def windows(
    connection: Connection,
    now: datetime,
    *,
    device_id: str | None = None,
    state: Work | None = None,
    number: int | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Work at devices, newest first, each with `state`; those before `number`."""
    asked = {"now": now, "device_id": device_id, "state": state, "number": number, "limit": limit}
    return await fetch_all(connection, SQL["windows"], asked)


async def _end_now(connection: Connection, before: dict[str, Any], actor: str, now: datetime) -> dict[str, Any]:
    asked = {"maintenance_id": before["maintenance_id"], "ends": now}
    row = await fetch_one(connection, SQL["end"], asked)
    assert row, "it was locked a moment ago"
    await journal.record(connection, "maintenance", "ended", before=before, after=row, actor=actor, now=now)
    await upkeep_spans.note_devices(connection, {before["device_id"]: (now, before["ends"])}, now=now)
    return row | {"state": Work.OVER}


async def _call_off(connection: Connection, before: dict[str, Any], actor: str, now: datetime) -> dict[str, Any]:
    await connection.execute(SQL["call_off"], {"maintenance_id": before["maintenance_id"]})
    entry = Entry(
        kind="maintenance.called_off",
        entity="maintenance",
        entity_id=str(before["maintenance_id"]),
        before=before,
        after=None,
        actor=actor,
        at=now,
    )
    await journal.write(connection, entry)
    # A device whose clock is ahead may have sent readings from then.
    await upkeep_spans.note_devices(connection, {before["device_id"]: (before["begins"], before["ends"])}, now=now)
    return before | {"state": Work.CALLED_OFF}


def _state(row: dict[str, Any], now: datetime) -> Work:
    if row["begins"] > now:
        return Work.PLANNED
    return Work.UNDER_WAY if row["ends"] > now else Work.OVER
