"""A room for benchmarks: real engines on disk, a register of gauges, and as many services as are asked for."""

import asyncio
import secrets
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from dashboard_api.accounts import put_user
from floodcore.store.database import Database
from onemap.engines import postgres
from onemap.engines.prefix import provision
from onemap.engines.running import Servers, start_servers
from onemap.engines.sets import ENGINES
from onemap.home import Home
from onemap.services import service_specs, start_services
from onemap.supervisor import Supervisor

VIEWER = "wall"
# Constructed: a lattice of road gauges over Zhengzhou's main city, 220 m apart, with the default ladder of a road.
REGISTER = """
    INSERT INTO site (site_id, name, kind, lon, lat, position)
    SELECT 'site-' || n, '测点' || n, 'road', 113.55 + 0.0024 * (n %% 71), 34.68 + 0.002 * (n / 71), 'constructed'
    FROM generate_series(0, %(gauges)s - 1) AS n;
    INSERT INTO device (device_id) SELECT 'gauge-' || n FROM generate_series(0, %(gauges)s - 1) AS n;
    INSERT INTO sensor (device_id, site_id, quantity)
    SELECT 'gauge-' || n, 'site-' || n, 'level' FROM generate_series(0, %(gauges)s - 1) AS n;
    INSERT INTO threshold (site_id, level, depth_m, hysteresis_m, valid_from, source)
    SELECT 'site-' || n, level, depth_m, 0.02, '2020-01-01', 'bench'
    FROM generate_series(0, %(gauges)s - 1) AS n,
        (VALUES (1, 0.15), (2, 0.27), (3, 0.4), (4, 0.5)) AS step (level, depth_m)
"""


@dataclass(frozen=True, kw_only=True)
class BenchRoom:
    """Engines and services at work.

    Attributes:
        home: Where their files lie.
        supervisor: Runs them.
        servers: Where the memory and the bus are.
        address: The wall's, where the API runs.
        viewer_password: Of VIEWER.
    """

    home: Home
    supervisor: Supervisor
    servers: Servers
    address: str
    viewer_password: str

    def kill(self, name: str) -> bool:
        """End a process at once, as a power cut does; whether there was one."""
        return self.supervisor.signal(name, signal.SIGKILL)

    def peak_rss_mb(self, name: str) -> float:
        """The most memory that a process has held."""
        return self.supervisor.reports()[name].peak_rss_mb

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the database."""
        with psycopg.connect(self.servers.database_url) as connection:
            return connection.execute(sql.encode()).fetchall()

    def ask(self, sql: str) -> float:
        """One number from the database; 0 for none."""
        [(number,)] = self.rows(sql)
        return float(number or 0)

    async def stop_database(self) -> None:
        """End the database in order, and start it no more."""
        await self.supervisor.stop_one(postgres.NAME)

    async def start_database(self) -> None:
        """Start it again on the same port; returns when it answers."""
        engine = postgres.PostgresEngine(self.home, self.home.engines / ENGINES.name)
        await asyncio.to_thread(engine.prepare)
        await self.supervisor.start([engine.spec()])


@asynccontextmanager
async def bench_room(
    name: str, *, gauges: int, services: Sequence[str], settings: Mapping[str, str] | None = None
) -> AsyncIterator[BenchRoom]:
    """A room of its own beside the home's, gone afterwards; it touches neither the home's database nor its ports.

    Args:
        name: Of the benchmark.
        gauges: How many road gauges the register has: `gauge-0` and so on.
        services: Names from `onemap.services.MODULES`.
        settings: More settings for the services.
    """
    main = Home.from_environment()
    prefix = await asyncio.to_thread(provision, ENGINES, main)
    home = Home(main.path / f"bench-{name}")
    shutil.rmtree(home.path, ignore_errors=True)
    if not (home.engines / ENGINES.name).exists():
        (home.engines / ENGINES.name).symlink_to(prefix)
    try:
        async with Supervisor(home, mode="bench") as supervisor:
            servers = await start_servers(supervisor, home, fresh=True, environ={})
            password = secrets.token_urlsafe(12)
            await _furnish(servers.database_url, gauges, password)
            port = _free_port()
            specs = service_specs(
                home,
                database_url=servers.database_url,
                mqtt_url=servers.mqtt_url,
                http_host="127.0.0.1",
                http_port=port,
                extra_env=dict(settings or {}),
                which=services,
            )
            await start_services(supervisor, specs)
            yield BenchRoom(
                home=home,
                supervisor=supervisor,
                servers=servers,
                address=f"http://127.0.0.1:{port}/",
                viewer_password=password,
            )
    finally:
        shutil.rmtree(home.path, ignore_errors=True)
        if home.state != home.path:
            shutil.rmtree(home.state, ignore_errors=True)


async def _furnish(database_url: str, gauges: int, password: str) -> None:
    def register() -> None:
        with psycopg.ClientCursor(psycopg.connect(database_url, autocommit=True)) as cursor:
            cursor.execute(REGISTER, {"gauges": gauges})

    await asyncio.to_thread(register)
    async with Database(database_url, size=1, name="bench") as database, database.connection() as connection:
        await put_user(connection, VIEWER, password, "viewer")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
