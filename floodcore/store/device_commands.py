"""What the room asks of its devices: the last request of each, and in the journal every one."""

from datetime import datetime
from typing import Any

from floodcore.errors import NotFound
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.statements import statements

SQL = statements("device_commands")
ENTITY = "device"


async def is_known(connection: Connection, device_id: str) -> bool:
    """Whether the register has such a device."""
    return await fetch_one(connection, SQL["device"], {"device_id": device_id}) is not None


async def ask_interval(connection: Connection, device_id: str, interval_s: int, *, actor: str, now: datetime) -> None:
    """Write down that a device is asked to report so often.

    Args:
        connection: A journalled one.
        device_id: The device.
        interval_s: Between two readings, seconds.
        actor: Who asks.
        now: The room's time.

    Raises:
        NotFound: There is no such device.
    """
    before = await _asked(connection, device_id)
    asked = {"device_id": device_id, "interval_s": interval_s, "actor": actor, "now": now}
    row = await fetch_one(connection, SQL["ask"], asked)
    assert row, "an INSERT returns what it has written"
    await journal.record(connection, ENTITY, "interval_asked", before=before, after=row, actor=actor, now=now)


async def take_back(connection: Connection, device_id: str, *, actor: str, now: datetime) -> None:
    """Write down that a device is asked for nothing any more; of one that was not, nothing is written.

    Args:
        connection: A journalled one.
        device_id: The device.
        actor: Who takes it back.
        now: The room's time.

    Raises:
        NotFound: There is no such device.
    """
    before = await _asked(connection, device_id)
    if before is None:
        return
    await connection.execute(SQL["take_back"], {"device_id": device_id})
    entry = Entry(
        kind=f"{ENTITY}.interval_taken_back",
        entity=ENTITY,
        entity_id=device_id,
        before=before,
        after=None,
        actor=actor,
        at=now,
    )
    await journal.write(connection, entry)


async def _asked(connection: Connection, device_id: str) -> dict[str, Any] | None:
    """What it is asked for now.

    Raises:
        NotFound: There is no such device.
    """
    if not await is_known(connection, device_id):
        raise NotFound(f"There is no device {device_id} in the register; see the list of devices.")
    return await fetch_one(connection, SQL["asked"], {"device_id": device_id})
