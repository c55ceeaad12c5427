"""Keeps the hub's knowledge true."""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime

from dashboard_api.figures import Counted
from dashboard_api.follow.affairs import Affairs
from dashboard_api.follow.errands import Errands, Part
from dashboard_api.follow.gauges import Gauges
from dashboard_api.follow.runs import Runs
from dashboard_api.live.condition import broker_health, database_health, sensor_health, service_health, settled
from dashboard_api.live.hub import Hub
from dashboard_api.live.objects import Health
from dashboard_api.live.state import Topic
from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.store import health
from floodcore.store.database import Connection, Database
from floodcore.store.readings import totals
from floodcore.wire.announcement import Announcement, Kind

log = logging.getLogger(__name__)
DEADLINE_S = 5.0  # a database that takes longer counts as away: the age on the wall goes on meanwhile
BREATH_S = 0.1  # between two loads: hints that come in a burst are answered together


class Follower:
    """Loads what is due into the hub, for as long as the service runs; it outlives the database and the broker.

    Attributes:
        is_loaded: Everything has been loaded at least once.
        is_current: It has, and the database was reached the last time.
        heard: When each component was last heard of, in real time.
        counted: What ingest's records have become since the database was made; None before it is reached.
        news: Set when the hub knows something that it has not told.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock, hub: Hub) -> None:
        self._database, self._bus, self._clock, self._hub = database, bus, clock, hub
        self._gauges, self._runs, self._affairs = Gauges(clock), Runs(clock), Affairs(clock)
        self._errands = Errands()
        self._asked = asyncio.Event()
        self._services: dict[str, Health] = {}
        self.heard: dict[str, datetime] = {}
        self.is_loaded = self.is_current = False
        self.counted: Counted | None = None
        self.news = asyncio.Event()

    def ask(self, *kinds: Kind) -> None:
        """Something of these kinds was just changed by this service: load it now."""
        for kind in kinds:
            self._hear(Announcement(kind=kind))

    async def listen(self) -> None:
        """Hear the bus, until cancelled."""
        async for announcement in self._bus.heard():
            self._hear(announcement)

    async def follow(self) -> None:
        """Load, until cancelled."""
        while True:
            await self._load_due()
            self._judge()
            await asyncio.sleep(BREATH_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._errands.next_due() - time.monotonic())):
                    await self._asked.wait()

    def _hear(self, announcement: Announcement) -> None:
        self._errands.ask(announcement)
        self._asked.set()

    async def _load_due(self) -> None:
        self._asked.clear()
        parts, sensors = self._errands.take(time.monotonic())
        try:
            async with asyncio.timeout(DEADLINE_S), self._database.connection() as connection:
                for part in parts:
                    await self._load_part(connection, part)
                if sensors:
                    await self._load_readings(connection, sensors)
        except (DatabaseUnavailable, TimeoutError):
            if self.is_current:
                log.warning("the database is away; clients keep the last known state")
            self.is_current = False
            self._errands.again(parts, sensors)
        else:
            self.is_loaded = self.is_current = True

    async def _load_part(self, connection: Connection, part: Part) -> None:
        began = time.monotonic()
        match part:
            case Part.REGISTER:
                self._hub.take(Topic.SITES, await self._gauges.load_register(connection))
            case Part.READINGS:
                await self._load_readings(connection)
            case Part.FORECASTS:
                self._hub.take(Topic.FORECASTS, await self._runs.load(connection))
            case Part.AFFAIRS:
                for topic, objects in (await self._affairs.load(connection)).items():
                    self._hub.take(topic, objects)
            case Part.HEALTH:
                rows = await health.reports(connection)
                self._services = service_health(rows, datetime.now(UTC), self._clock.room_time)
                self.heard |= {row["component"]: row["at"] for row in rows}
                self.counted = Counted(totals=await totals(connection), at=datetime.now(UTC))
        now = time.monotonic()
        self._errands.done(part, now, now - began)

    async def _load_readings(self, connection: Connection, sensors: set[int] | None = None) -> None:
        if not await self._gauges.load(connection, sensors):  # a sensor that was registered a moment ago
            self.ask(Kind.SITES, Kind.READINGS)

    def _judge(self) -> None:
        """What follows from what is loaded, and from time alone: links, the alarms' rates, health."""
        readings = self._gauges.readings()
        self._hub.take(Topic.READINGS, readings)
        self._hub.take(Topic.ALARMS, self._affairs.alarms(self._hub.known))
        now = self._clock.now()
        own = {
            "database": database_health(now, is_there=self.is_current),
            "broker": broker_health(now, is_there=self._bus.is_connected),
            "sensors": sensor_health(readings.values(), self._gauges.total, now),
        }
        self.heard |= dict.fromkeys(own, datetime.now(UTC))
        before, fresh_for = self._hub.known.health, self._clock.passed_in(health.REPORT_EVERY_S)
        settled_own = {name: settled(before.get(name), one, fresh_for) for name, one in own.items()}
        self._hub.take(Topic.HEALTH, self._services | settled_own)
        if self._hub.has_news:
            self.news.set()
