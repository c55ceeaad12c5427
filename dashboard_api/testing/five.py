"""The five streets in a database, with readings, an incident and an order as a test wants them."""

from datetime import UTC, datetime, timedelta

from floodcore.clock import Clock
from floodcore.domain.incident import IncidentKind
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderReason
from floodcore.domain.reading import Quantity, Reading
from floodcore.settings import ClockSettings
from floodcore.store import incidents, orders
from floodcore.store.database import Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import NOON

OF_THE_ROOM = "SELECT kind FROM journal WHERE entity NOT IN ('team', 'threshold') ORDER BY seq"
REASON = OrderReason(zh="一队距A街 0.0 公里", en="Team 1 is at A Street", distance_m=0.0, travel_s=0.0)


def noon() -> ClockSettings:
    """A clock at which it is just after noon of 20 July 2021."""
    return ClockSettings(anchor=datetime.now(UTC), start=NOON)


async def rain(database: Database, street: str, *depths_m: float, until: datetime = NOON) -> list[str]:
    """Readings of a street's gauge, a minute apart and the last of them at `until`; returns the sensor's id."""
    readings = [
        Reading(
            device_id=f"gauge-{street}",
            quantity=Quantity.LEVEL,
            observed_at=until - minutes * timedelta(minutes=1),
            received_at=until,
            value=depth_m,
        )
        for minutes, depth_m in enumerate(reversed(depths_m))
    ]
    async with database.connection() as connection:
        return [str(number) for number in (await store_readings(connection, readings)).sensor_ids]


async def flood(database: Database, clock: Clock, street: str = "A", team_id: str = "T1") -> tuple[int, int]:
    """A yellow incident at a street and a proposed order for a team; returns both their numbers."""
    site_id = f"street-{street}"
    async with journalled(database) as connection:
        incident = await incidents.open_incident(
            connection,
            site_id=site_id,
            kind=IncidentKind.WATER,
            level=Level.YELLOW,
            depth_m=0.3,
            at=clock.now(),
            actor="service:dispatch",
            now=clock.now(),
        )
        order = await orders.propose(
            connection,
            incident_id=incident["incident_id"],
            site_id=site_id,
            team_id=team_id,
            level=Level.YELLOW,
            reason=REASON,
            actor="service:dispatch",
            now=clock.now(),
        )
    return incident["incident_id"], order["order_id"]


async def journal_kinds(database: Database) -> list[str]:
    """What the journal tells, in order; the register's entries left out."""
    async with database.connection() as connection:
        rows = await fetch_all(
            connection, "SELECT kind FROM journal WHERE entity NOT IN ('team', 'threshold') ORDER BY seq"
        )
    return [row["kind"] for row in rows]
