"""Which readings are judged anew when what they are judged by has changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Span
from floodcore.register.validity import Since
from floodcore.store import changed
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("upkeep_spans")
# A device's clock may be ahead by so much, see docs/reference/mqtt.md; and a reading that another transaction stores
# beside this one may have been judged by what was known before.
AHEAD = timedelta(minutes=10)


async def note_devices(
    connection: Connection, spans: Mapping[str, Since], *, now: datetime, quantity: Quantity | None = None
) -> None:
    """Ask for the readings of devices to be judged anew.

    Args:
        connection: The transaction that changes what they are judged by.
        spans: Since when and until when, by device.
        now: The room's time.
        quantity: Only of this one.
    """
    asked = {
        "devices": list(spans),
        "begins": [begins for begins, _ in spans.values()],
        "ends": [ends for _, ends in spans.values()],
        "until": now + AHEAD,
        "quantity": quantity,
    }
    rows = await fetch_all(connection, SQL["of_devices"], asked)
    await changed.note(connection, [Span(**row) for row in rows])


async def note_sensor(
    connection: Connection, sensor_id: int, begins: datetime, ends: datetime, *, now: datetime
) -> None:
    """Ask for the readings of a sensor to be judged anew, from `begins` to `ends`, both included."""
    latest = min(ends, now + AHEAD)
    if begins <= latest:
        await changed.note(connection, [Span(sensor_id=sensor_id, earliest=begins, latest=latest)])
