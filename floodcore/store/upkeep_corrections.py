"""What a person says about readings: their word stands beside the raw value, with author and reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floodcore.domain.people import check_reason, check_span, check_value
from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Action
from floodcore.errors import NotFound, Refused
from floodcore.store import journal, upkeep_spans
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.statements import statements

SQL = statements("upkeep_corrections")


@dataclass(frozen=True, kw_only=True)
class Word:
    """What is said, of which readings, and why.

    Attributes:
        sensor_id: Whose readings; None for the one sensor of `quantity` at `site_id`.
        begins, ends: From when to when they were observed, both included.
        action: What they are.
        value: What to set, or by how much to shift, in the quantity's unit.
        reason: For whoever asks later.
    """

    sensor_id: int | None = None
    site_id: str | None = None
    quantity: Quantity | None = None
    begins: datetime
    ends: datetime
    action: Action
    value: float | None = None
    reason: str

    def __post_init__(self) -> None:
        if (self.sensor_id is None) == (self.site_id is None) or (self.site_id is None) != (self.quantity is None):
            raise ValueError("a word is of a sensor, or else of a quantity at a site")


async def make(connection: Connection, word: Word, *, actor: str, now: datetime) -> dict[str, Any]:
    """Take a person's word down; the readings that it is about are judged again.

    Args:
        connection: A journalled one.
        word: What is said.
        actor: Who says it.
        now: The room's time.

    Returns:
        The row as `corrections` has it.

    Raises:
        NotFound: There is no such sensor.
        Refused: It is not clear of which sensor, or the span, the value or the reason cannot be.
    """
    sensor = await _sensor(connection, word)
    check_reason(word.reason)
    check_span(word.begins, word.ends)
    check_value(word.action, word.value, Quantity(sensor["quantity"]))
    asked = {
        "sensor_id": sensor["sensor_id"],
        "begins": word.begins,
        "ends": word.ends,
        "action": word.action,
        "value": word.value,
        "author": actor,
        "reason": word.reason.strip(),
        "now": now,
    }
    row = await fetch_one(connection, SQL["make"], asked)
    assert row, "an INSERT returns what it has written"
    await journal.record(connection, "correction", "made", before=None, after=row, actor=actor, now=now)
    await upkeep_spans.note_sensor(connection, row["sensor_id"], row["begins"], row["ends"], now=now)
    return row | sensor


async def revoke(connection: Connection, correction_id: int, *, actor: str, now: datetime) -> dict[str, Any]:
    """Take a word back; it stays on record, and again changes nothing.

    Args:
        connection: A journalled one.
        correction_id: Which.
        actor: Who takes it back.
        now: The room's time.

    Returns:
        The row after it, as `corrections` has it.

    Raises:
        NotFound: There is no such correction.
    """
    before = await fetch_one(connection, SQL["lock"], {"correction_id": correction_id})
    if before is None:
        raise NotFound(f"There is no correction {correction_id}; see the list of corrections.")
    if before["revoked_at"] is None:
        asked = {"correction_id": correction_id, "actor": actor, "now": now}
        row = await fetch_one(connection, SQL["revoke"], asked)
        assert row, "it was locked a moment ago"
        await journal.record(connection, "correction", "revoked", before=before, after=row, actor=actor, now=now)
        await upkeep_spans.note_sensor(connection, row["sensor_id"], row["begins"], row["ends"], now=now)
    return (await corrections(connection, correction_id=correction_id, limit=1))[0]


async def corrections(
    connection: Connection,
    *,
    correction_id: int | None = None,
    sensor_id: int | None = None,
    site_id: str | None = None,
    number: int | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Corrections, newest first, with device, site and quantity; those before `number`."""
    asked = {
        "correction_id": correction_id,
        "sensor_id": sensor_id,
        "site_id": site_id,
        "number": number,
        "limit": limit,
    }
    return await fetch_all(connection, SQL["corrections"], asked)


async def _sensor(connection: Connection, word: Word) -> dict[str, Any]:
    asked = {"sensor_id": word.sensor_id, "site_id": word.site_id, "quantity": word.quantity}
    found = await fetch_all(connection, SQL["sensors"], asked)
    if not found:
        what = f"sensor {word.sensor_id}" if word.sensor_id else f"sensor of {word.quantity} at {word.site_id}"
        raise NotFound(f"There is no {what}; see the list of sites.")
    if len(found) > 1:
        several = ", ".join(f"{one['sensor_id']} ({one['device_id']})" for one in found)
        raise Refused(f"At {word.site_id} several sensors tell {word.quantity}: {several}; name one by its number.")
    return found[0]
