"""Dispatch and its alerts as processes: from readings to a crew that is told, through kill -9."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from floodcore.bus import Bus
from floodcore.domain.order import Step
from floodcore.store import journal, orders
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish, observe
from floodcore.wire.announcement import Announcement, Kind

MINUTE = timedelta(minutes=1)
B, C = "street-B", "street-C"
OPENED = "SELECT count(*) FROM incident"
PROPOSED = "SELECT count(*) FROM dispatch_order WHERE state = 'proposed'"


class Services:
    """Processes of one room, whose clock began at noon."""

    def __init__(self, database_url: str, mqtt_url: str, folder: Path, eventually: Callable[..., Any]) -> None:
        self._folder, self.eventually = folder, eventually
        self._environment = {
            **os.environ,
            "ONEMAP_DATABASE__URL": database_url,
            "ONEMAP_MQTT__URL": mqtt_url,
            "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
            "ONEMAP_CLOCK__START": NOON.isoformat(),
        }
        self._connection = psycopg.connect(database_url, autocommit=True)
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, module: str, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Start a service and wait until it says that it is ready."""
        ready = self._folder / f"{module}-{len(self._started)}.ready"
        environment = {**self._environment, "ONEMAP_READY_FILE": str(ready)}
        process = subprocess.Popen([sys.executable, "-m", module], env=environment)
        self._started.append(process)
        if wait:
            self.eventually(ready.exists)
        return process

    def value(self, sql: str) -> Any:
        """What one query says now."""
        row = self._connection.execute(sql.encode()).fetchone()
        return row[0] if row else None

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._started:
            process.kill()
            process.wait()
        self._connection.close()


@pytest.fixture
def services(database_url: str, broker: Any, tmp_path: Path, eventually: Callable[..., Any]) -> Iterator[Services]:
    services = Services(database_url, broker.url(), tmp_path, eventually)
    yield services
    services.end()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await furnish(database)
        yield database


async def crossing(database: Database, site_id: str, minute: float = 0) -> None:
    await observe(database, site_id, [3, 16, 31], start=NOON + minute * MINUTE, every=MINUTE)


async def test_from_a_crossing_to_a_crew_that_is_told(database: Database, services: Services) -> None:
    await asyncio.to_thread(services.start, "dispatch")
    await asyncio.to_thread(services.start, "dispatch.alerts")
    await crossing(database, B)
    await asyncio.to_thread(services.eventually, lambda: services.value(PROPOSED) == 1)
    async with journalled(database) as connection:
        await orders.take_step(connection, 1, Step.CONFIRM, actor="officer", now=NOON)
    state = "SELECT state FROM dispatch_order"
    await asyncio.to_thread(services.eventually, lambda: services.value(state) == "sent")
    async with database.connection() as connection:
        entries = [entry for entry in await journal.since(connection, 0) if entry["entity"] in ("incident", "order")]
    assert [(entry["kind"], entry["actor"]) for entry in entries] == [
        ("incident.opened", "service:dispatch"),
        ("incident.raised", "service:dispatch"),
        ("order.proposed", "service:dispatch"),
        ("order.confirmed", "officer"),
        ("order.sent", "service:alerts"),
        ("order.alert_none", "service:alerts"),
    ]
    assert [entry["seq"] for entry in entries] == sorted(entry["seq"] for entry in entries)


async def test_killed_again_and_again_it_makes_no_second_incident_or_order(
    database: Database, services: Services
) -> None:
    for minute, site_id in ((0, B), (3, C)):
        process = await asyncio.to_thread(services.start, "dispatch")
        await crossing(database, site_id, minute)
        opened = 1 if site_id == B else 2
        await asyncio.to_thread(services.eventually, lambda opened=opened: services.value(OPENED) == opened)
        process.send_signal(signal.SIGKILL)  # perhaps before the order is proposed
        await asyncio.to_thread(process.wait)
    await asyncio.to_thread(services.start, "dispatch")
    await asyncio.to_thread(services.eventually, lambda: services.value(PROPOSED) == 2)
    process = await asyncio.to_thread(services.start, "dispatch")  # one that waits for the lead
    assert services.value(OPENED) == 2
    assert services.value("SELECT count(*) FROM journal WHERE kind = 'incident.opened'") == 2
    assert services.value("SELECT count(*) FROM journal WHERE kind = 'order.proposed'") == 2
    assert services.value("SELECT count(*) FROM journal WHERE kind = 'incident.raised'") == 2
    assert process.poll() is None


async def test_a_second_copy_takes_over(database: Database, services: Services) -> None:
    first = await asyncio.to_thread(services.start, "dispatch")
    await asyncio.to_thread(services.start, "dispatch")  # it stands by, and says that it is ready
    first.kill()
    await crossing(database, B)
    await asyncio.to_thread(services.eventually, lambda: services.value(PROPOSED) == 1)


async def test_it_tells_the_others_and_the_wall_and_ends_when_asked(
    database: Database, services: Services, broker: Any
) -> None:
    heard: set[Announcement] = set()
    wanted = {
        Announcement(kind=Kind.INCIDENTS, ids=("1",)),
        Announcement(kind=Kind.ORDERS, ids=("1",)),
        Announcement(kind=Kind.TEAMS, ids=("T1",)),
        Announcement(kind=Kind.HEALTH),
    }
    async with Bus(broker.url(), "listener", [announcement.kind for announcement in wanted]) as bus:
        process = await asyncio.to_thread(services.start, "dispatch")
        assert bus.is_connected
        await crossing(database, B)
        async with asyncio.timeout(20):
            while not wanted <= heard:
                heard |= set(await bus.hint(1))
    said = "SELECT figures->>'open_incidents' FROM service_health WHERE component = 'dispatch'"
    await asyncio.to_thread(services.eventually, lambda: services.value(said) == "1")
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) == 0


async def test_without_a_database_it_says_so_and_ends() -> None:
    environment = {
        **os.environ,
        "ONEMAP_DATABASE__URL": "postgresql://127.0.0.1:1/none",
        "ONEMAP_MQTT__URL": "mqtt://127.0.0.1:1",
    }
    for module in ("dispatch", "dispatch.alerts"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, told = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 1
        assert "The database is away" in told.decode()
        assert "Traceback" not in told.decode()
