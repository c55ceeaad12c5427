"""The memory and the bus, running: servers of the user's own where they are named, embedded engines otherwise."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from floodcore.bus import address
from floodcore.migrate import migrate
from floodcore.settings import MqttSettings, spool_of
from floodcore.urls import check_broker_url
from onemap.engines import mosquitto, postgres
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from onemap.engines.postgres import OWNER, PostgresEngine
from onemap.engines.prefix import provision
from onemap.engines.sets import ENGINES
from onemap.errors import StartError
from onemap.home import Home
from onemap.process import accepts_connections
from onemap.state import read_state
from onemap.supervisor import Supervisor

DATABASE_URL = "ONEMAP_DATABASE__URL"
MQTT_URL = "ONEMAP_MQTT__URL"


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where the memory, with its newest schema, and the bus are.

    Attributes:
        database_url: For the services.
        mqtt_url: For the services.
        fleet_url: For a gateway that speaks for any device; on a broker of the user's own it is the services'.
    """

    database_url: str
    mqtt_url: str
    fleet_url: str


def fetch_engines(home: Home, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The engines' programs, fetched on first use; None where both servers are the user's own.

    Call it before the event loop starts: it shows progress, takes some seconds, and Ctrl-C must end it at once.
    """
    if environ.get(DATABASE_URL) and environ.get(MQTT_URL):
        return None
    return provision(ENGINES, home)


async def start_servers(
    supervisor: Supervisor,
    home: Home,
    *,
    database: str = OWNER,
    fresh: bool = False,
    network: MqttSettings | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Servers:
    """Start the engines that are needed, and bring the database's schema up to date.

    Args:
        supervisor: Runs them; being entered, it makes sure that nobody else does in this home.
        home: Where their data lies.
        database: Name of a database in the embedded engine; the URL of one of the user's own names it itself.
        fresh: Empty the embedded database and the embedded broker's queues first; a database of the user's own is
            never emptied, but has to be empty.
        network: Where devices reach the embedded broker from outside this machine; None is nowhere.
        environ: Names the user's own servers.
    """
    prefix = fetch_engines(home, environ)
    database_url, mqtt_url = environ.get(DATABASE_URL), environ.get(MQTT_URL)
    memory = PostgresEngine(home, prefix) if prefix and not database_url else None
    queues = mosquitto.NAME if database == OWNER else f"{mosquitto.NAME}-{database}"
    bus = MosquittoEngine(home, prefix, queues=queues, network=network) if prefix and not mqtt_url else None
    if mqtt_url:
        await _check_broker(mqtt_url)
    if memory:
        await asyncio.to_thread(memory.prepare)
    if bus:
        bus.prepare(fresh=fresh)
    await supervisor.start([engine.spec() for engine in (memory, bus) if engine])
    if memory:
        database_url = await asyncio.to_thread(memory.create_database, database, fresh=fresh)
    assert database_url
    await asyncio.to_thread(migrate, database_url)
    if fresh and not memory:
        await asyncio.to_thread(_check_empty, database_url)
    if fresh:  # what an earlier run could not store has no place in this one
        shutil.rmtree(spool_of(home.path, database_url), ignore_errors=True)
    service_url = bus.url() if bus else mqtt_url
    assert service_url
    return Servers(database_url=database_url, mqtt_url=service_url, fleet_url=bus.url(FLEET) if bus else service_url)


async def _check_broker(url: str) -> None:
    check_broker_url(url, MQTT_URL)
    host, port = address(url)
    if not await accepts_connections(port, host):
        raise StartError(f"No broker answers at {host} port {port}; start it, or correct {MQTT_URL}.")


def _check_empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM site").fetchone()
    if row and row[0]:
        raise StartError(
            f"The database that {DATABASE_URL} names has {row[0]} sites already, and what is played must not mix with "
            "what is real; name an empty database, or unset the variable to use the embedded one."
        )


@asynccontextmanager
async def embedded_database(home: Home, environ: Mapping[str, str] = os.environ) -> AsyncIterator[str]:
    """The URL of the database that `up` uses, with its newest schema, for a command that needs no other process.

    It is the user's own server, or the engine that runs in this home, or else the engine started for so long.
    """
    async with _database(home, environ) as url:
        await asyncio.to_thread(migrate, url)
        yield url


@asynccontextmanager
async def _database(home: Home, environ: Mapping[str, str]) -> AsyncIterator[str]:
    if url := environ.get(DATABASE_URL):
        yield url
        return
    engine = PostgresEngine(home, provision(ENGINES, home))
    if (state := read_state(home)) and state.is_ready(postgres.NAME):
        engine.attach()
        yield await asyncio.to_thread(engine.create_database, OWNER)
        return
    async with Supervisor(home, mode="database") as supervisor:
        await asyncio.to_thread(engine.prepare)
        await supervisor.start([engine.spec()])
        yield await asyncio.to_thread(engine.create_database, OWNER)
