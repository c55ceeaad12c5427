"""The five streets in a real database, and a clock that stands until it is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.team import Team
from floodcore.store import health, register, teams
from floodcore.store.database import Database
from floodcore.store.health import Health
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import DEVICE_OF, NOON, STREETS, T1, T2, THRESHOLDS


@dataclass
class SetClock:
    """A clock for stories: it shows what it was set to."""

    time: datetime = NOON
    speed: float = 1.0
    sure_s: float = inf

    def now(self) -> datetime:
        """What it was set to."""
        return self.time

    def room_time(self, real: datetime) -> datetime:  # noqa: ARG002  # it stands
        """What it was set to, at any moment."""
        return self.time

    def passed_in(self, seconds: float) -> timedelta:
        """As if it had always run at its speed."""
        return timedelta(seconds=seconds * self.speed)

    def real_seconds(self, span: timedelta) -> float:
        """The span itself, at a speed of 1."""
        return span.total_seconds() / self.speed

    def seconds_until(self, moment: datetime) -> float:
        """As if it ran at its speed from now on."""
        return self.real_seconds(moment - self.time)


async def furnish(database: Database, crews: Sequence[Team] = (T1, T2)) -> None:
    """Put the streets, their gauges and thresholds, and these teams into an empty database."""
    async with journalled(database) as connection:
        for site in STREETS:
            await register.put_site(connection, site)
            await register.put_sensor(
                connection, device_id=DEVICE_OF[site.site_id], site_id=site.site_id, quantity=Quantity.LEVEL
            )
            steps = THRESHOLDS[site.site_id]
            await register.put_thresholds(connection, site.site_id, steps, actor="test", now=NOON)
        for team in crews:
            await teams.put_team(connection, team, actor="test", now=NOON)


async def observe(
    database: Database,
    site_id: str,
    depths_cm: Sequence[float],
    *,
    start: datetime,
    every: timedelta,
    received_at: datetime | None = None,
) -> None:
    """Store readings of a street's gauge, as ingest would, and say as ingest that all is well.

    They have been received as they were observed, or all at one moment.
    """
    readings = [
        Reading(
            device_id=DEVICE_OF[site_id],
            quantity=Quantity.LEVEL,
            observed_at=start + number * every,
            received_at=received_at or start + number * every,
            value=depth / 100,
        )
        for number, depth in enumerate(depths_cm)
    ]
    async with database.connection() as connection:
        await store_readings(connection, readings)
        await health.report(connection, Health(component="ingest", state="ok", detail_zh="好", detail_en="well"))
