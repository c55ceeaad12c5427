"""Whatever is killed in the middle of a storm, every published reading is in the table exactly once."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from floodcore.packs.read import read_pack
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.store.packs import register_pack
from onemap.demo.summary import published_of
from onemap.engines.running import Servers, start_servers
from onemap.home import Home
from onemap.process import ProcessSpec
from onemap.services import service_specs
from onemap.supervisor import Supervisor
from simulators.packs import shipped

STORM = "floodnet-2023-09-29"
LASTS_S = 20  # the storm is played in this time
IDENTITY = ["station_id", "quantity", "observed_at", "value"]
STORED = """SELECT station_id, quantity, observed_at, value
    FROM reading JOIN sensor USING (sensor_id) JOIN device USING (device_id)"""


def fleet(home: Home, servers: Servers, settings: dict[str, str], counts: Path) -> ProcessSpec:
    return ProcessSpec(
        name="fleet",
        argv=(sys.executable, "-m", "simulators.fleet", str(shipped(STORM)), "--counts", str(counts)),
        env={**settings, "ONEMAP_MQTT__URL": servers.fleet_url},
        finite=True,
    )


def clock_settings(begin: datetime, end: datetime) -> dict[str, str]:
    return {
        "ONEMAP_CLOCK__ANCHOR": (datetime.now(UTC) + timedelta(seconds=3)).isoformat(),
        "ONEMAP_CLOCK__START": begin.isoformat(),
        "ONEMAP_CLOCK__SPEED": str((end - begin).total_seconds() / LASTS_S),
    }


async def until(condition: Callable[[], Awaitable[bool]], within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():  # noqa: ASYNC110 - other processes do the work: there is no event to wait for
            await asyncio.sleep(0.05)


@pytest.mark.timeout(240)
async def test_ingest_the_broker_and_the_database_are_killed_and_nothing_is_lost_or_doubled(
    make_home: Callable[[], Home], tmp_path: Path
) -> None:
    home, pack, counts = make_home(), read_pack(shipped(STORM)), tmp_path / "counts.json"
    expected = set(pack.observations[IDENTITY].itertuples(index=False, name=None))
    begin, end = pack.observations["observed_at"].min(), pack.observations["observed_at"].max()
    async with Supervisor(home, mode="test") as supervisor:
        servers = await start_servers(supervisor, home)
        async with Database(servers.database_url, size=1) as database, journalled(database) as connection:
            await register_pack(connection, pack, datetime.now(UTC))
        settings = clock_settings(begin, end)
        ingest = service_specs(
            home,
            database_url=servers.database_url,
            mqtt_url=servers.mqtt_url,
            http_host="127.0.0.1",
            http_port=1,
            extra_env=settings,
            which=["ingest"],
        )
        await supervisor.start([*ingest, fleet(home, servers, settings, counts)])

        for share, victim in ((0.2, "ingest"), (0.4, "mosquitto"), (0.6, "postgres")):

            async def far_enough(share: float = share) -> bool:
                return await asyncio.to_thread(published_of, counts) >= share * len(expected)

            await until(far_enough)
            await kill(supervisor, victim)

        await asyncio.wait_for(supervisor.ended("fleet"), 90)
        await until(lambda: all_are_stored(servers.database_url, len(expected)))
        stored = await asyncio.to_thread(rows_of, servers.database_url)
    assert sorted(stored) == sorted(expected)


async def kill(supervisor: Supervisor, name: str) -> None:
    """SIGKILL, and wait until the supervisor has it running again."""
    before = supervisor.reports()[name]
    assert before.pid
    os.kill(before.pid, signal.SIGKILL)

    async def is_back() -> bool:
        report = supervisor.reports()[name]
        return report.restarts > before.restarts and report.phase == "ready"

    await until(is_back)


async def all_are_stored(url: str, n: int) -> bool:
    return len(await asyncio.to_thread(rows_of, url)) >= n


def rows_of(url: str) -> list[tuple[str, str, datetime, float]]:
    with psycopg.connect(url) as connection:
        return connection.execute(STORED).fetchall()
