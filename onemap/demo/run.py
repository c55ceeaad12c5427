"""A demo from its first process to its last figure."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from floodcore.clock_file import SteeredClock, begin, steer
from floodcore.store.database import Database
from floodcore.store.readings import arrived, totals
from onemap.demo import summary
from onemap.demo.act import PLAYER
from onemap.demo.plan import Plan
from onemap.demo.probe import Probe
from onemap.demo.room import VIEWER, Accounts, furnish
from onemap.engines.running import Servers, start_servers
from onemap.home import Home, check_room
from onemap.process import ProcessSpec
from onemap.services import API, reachable, service_specs, start_services
from onemap.supervisor import Supervisor

DATABASE = "onemap_demo"
NEEDS_MB = 300  # a fresh database with its log ahead of it, and the logs of some hours
DRAIN_WITHIN_S = 15.0
DRAIN_POLL_S = 0.2
CREWS, OFFICER = "crews", "officer"
CLOCK_FILE = "clock.json"
PATIENCE_MIN = "5"  # of the storm; whoever sits at the wall confirms first, and the storm goes on where nobody does


class Demo:
    """Everything on one machine; used as `async with Demo(home, plan) as demo`.

    Args:
        home: Where engines, data and passwords lie.
        plan: What is played.
        settings: More settings for the services.
    """

    def __init__(self, home: Home, plan: Plan, settings: Mapping[str, str] | None = None) -> None:
        self._home, self._plan, self._more = home, plan, dict(settings or {})
        self._supervisor = Supervisor(home, mode="demo")
        self._counts = home.run / "fleet-counts.json"
        self._servers: Servers
        self._probe: Probe
        self._following: asyncio.Task[None]
        self._running: AsyncExitStack
        self.accounts: Accounts

    @property
    def address(self) -> str:
        """The wall's."""
        return f"http://{reachable(self._plan.host)}:{self._plan.port}/"

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._supervisor)
            await self._start()
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._following.cancel()
        await self._running.__aexit__(kind, error, trace)

    async def storm_is_over(self) -> None:
        """Wait until the fleet has played all of it."""
        await self._supervisor.ended(PLAYER)

    async def finish(self) -> dict[str, Any]:
        """Stop the fleet, let everything that it sent arrive, stop the rest, and say in figures what happened."""
        check_room(self._home, 1)
        await self._supervisor.stop_one(PLAYER)
        published = summary.published_of(self._counts)
        async with Database(self._servers.database_url, size=1, name="onemap demo") as database:
            await self._drained(database, published)
            self._following.cancel()
            async with database.connection() as connection:
                return await summary.summarise(
                    connection,
                    published=published,
                    latency_s=self._probe.percentiles(),
                    reports=self._supervisor.reports(),
                )

    async def _start(self) -> None:
        """The clock stands at the act's beginning until everybody is ready."""
        check_room(self._home, NEEDS_MB)
        self._counts.unlink(missing_ok=True)
        self._servers = await start_servers(self._supervisor, self._home, database=DATABASE, fresh=True)
        act, clock_file = self._plan.act, self._home.run / CLOCK_FILE
        self.accounts = await furnish(self._servers.database_url, act, self._home)
        begin(clock_file, datetime.now(UTC), at=act.start, speed=0)
        settings = self._settings(clock_file)
        player = act.player(self._home, self._servers.fleet_url, self._counts, settings)
        people = self._people(settings) if self._plan.people else []
        await start_services(self._supervisor, [*self._services(settings), player, *people])
        steer(clock_file, datetime.now(UTC), speed=self._plan.speed)
        self._supervisor.address = self.address
        self._probe = Probe(self.address, VIEWER, self.accounts.viewer_password, SteeredClock(clock_file))
        self._following = asyncio.create_task(self._probe.follow(), name="probe")

    def _settings(self, clock_file: Path) -> dict[str, str]:
        act = self._plan.act
        return {
            "ONEMAP_MODE": act.mode,
            "ONEMAP_CLOCK__FILE": str(clock_file),
            "ONEMAP_SCENE__TITLE": act.title,
            "ONEMAP_SCENE__TITLE_EN": act.title_en,
            "ONEMAP_SCENE__NOTE": act.note,
            "ONEMAP_SCENE__NOTE_EN": act.note_en,
            **act.settings(self._home),
            **self._more,
        }

    def _services(self, settings: Mapping[str, str]) -> list[ProcessSpec]:
        return service_specs(
            self._home,
            database_url=self._servers.database_url,
            mqtt_url=self._servers.mqtt_url,
            http_host=self._plan.host,
            http_port=self._plan.port,
            extra_env=settings,
        )

    def _people(self, settings: Mapping[str, str]) -> list[ProcessSpec]:
        act, accounts = self._plan.act, self.accounts
        known = act.people(self._home)
        words = {
            CREWS: ("--accounts", str(accounts.crews_file), *known),
            OFFICER: ("--accounts", str(accounts.officer_file), "--after", PATIENCE_MIN),
            **{caller: ("--accounts", str(accounts.hotline_file), *known) for caller in act.callers},
        }
        return [
            ProcessSpec(
                name=name,
                argv=(sys.executable, "-m", f"simulators.{name}", "--api", self.address, *said),
                env=settings,
                needs=(API,),
            )
            for name, said in words.items()
        ]

    async def _drained(self, database: Database, published: int) -> None:
        deadline = asyncio.get_running_loop().time() + DRAIN_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            async with database.connection() as connection:
                if arrived(await totals(connection)) >= published:
                    return
            await asyncio.sleep(DRAIN_POLL_S)
