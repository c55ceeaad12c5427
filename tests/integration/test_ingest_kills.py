"""Whatever is killed, ingest stores each reading once: processes and engines of this test's own."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from floodcore.domain.reading import Quantity
from floodcore.migrate import migrate
from floodcore.store.database import Database
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import DEVICE_OF, NOON, STREETS
from floodcore.testing.gateway import Gateway
from floodcore.wire import senml
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from onemap.engines.postgres import OWNER, PostgresEngine

A = "gauge-A"


def packs(first: int, end: int) -> list[bytes]:
    """Number n is level n mm, n seconds after noon: every reading is another."""
    seconds = range(first, end)
    return [senml.encode(A, [(Quantity.LEVEL, NOON + timedelta(seconds=n), n / 1000)]) for n in seconds]


def news(first: int, end: int) -> list[bytes]:
    """As packs, but n milliseconds after one o'clock, when an ingest of this room begins: stored at once."""
    begin = NOON + timedelta(hours=1)
    moments = [(n / 1000, begin + timedelta(milliseconds=n)) for n in range(first, end)]
    return [senml.encode(A, [(Quantity.LEVEL, at, level)]) for level, at in moments]


def signal_all(children: Path, what: signal.Signals) -> None:
    for pid in children.read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), what)


@dataclass(kw_only=True)
class Room:
    """Engines that may be killed, and ingests that may be too."""

    engines: Any
    database_url: str
    broker: MosquittoEngine
    folder: Path
    eventually: Callable[..., Any]
    ingests: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def kill(self, engine: str) -> None:
        os.kill(self.engines.report(engine).pid, signal.SIGKILL)

    @contextmanager
    def frozen(self, engine: str) -> Iterator[None]:
        """It hangs, with all its processes: whoever is connected hears nothing, whoever connects waits for ever."""
        first = self.engines.report(engine).pid
        children = Path(f"/proc/{first}/task/{first}/children")
        try:
            os.kill(first, signal.SIGSTOP)  # first: from now on it begins no more of them
            signal_all(children, signal.SIGSTOP)
            yield
        finally:
            signal_all(children, signal.SIGCONT)
            os.kill(first, signal.SIGCONT)

    def in_spool(self) -> int:
        """Messages that the first ingest keeps on its disk."""
        with closing(sqlite3.connect(f"file:{self.folder}/ingest-1.sqlite?mode=ro", uri=True)) as spool:
            return int(spool.execute("SELECT count(*) FROM waiting").fetchone()[0])

    def save_sessions(self) -> None:
        saved = self.engines.home.data / "mosquitto/mosquitto.db"
        saved.unlink(missing_ok=True)
        os.kill(self.engines.report("mosquitto").pid, signal.SIGUSR1)
        self.eventually(saved.exists)

    def ingest(self, instance: str = "1", *, shared: bool = False, wait: bool = True) -> subprocess.Popen[bytes]:
        ready, log = self.folder / f"{instance}.ready", self.folder / f"{instance}.log"
        ready.unlink(missing_ok=True)
        environ = {
            "ONEMAP_DATABASE__URL": self.database_url,
            "ONEMAP_MQTT__URL": self.broker.url(),
            "ONEMAP_INGEST__INSTANCE": instance,
            "ONEMAP_INGEST__SHARED": str(shared),
            "ONEMAP_READY_FILE": str(ready),
            "ONEMAP_INGEST__SPOOL": str(self.folder),
            "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
            "ONEMAP_CLOCK__START": (NOON + timedelta(hours=1)).isoformat(),
        }
        with log.open("ab") as output:
            process = subprocess.Popen([sys.executable, "-m", "ingest"], env={**os.environ, **environ}, stderr=output)
        self.ingests.append(process)
        if wait:
            self.eventually(lambda: ready.exists() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
        return process

    def ask(self, sql: str) -> Any:
        """One value; None while the database is away."""
        try:
            with psycopg.connect(self.database_url) as connection:
                row = connection.execute(sql.encode()).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def stored(self) -> int:
        return int(self.ask("SELECT count(*) FROM reading") or 0)

    def counted(self) -> int:
        return int(self.ask("SELECT sum(n) FROM ingest_total") or 0)


@pytest.fixture
def room(own_engines: Any, engines_prefix: Path, tmp_path: Path, eventually: Callable[..., Any]) -> Iterator[Room]:
    postgres = PostgresEngine(own_engines.home, engines_prefix, durable=False)
    broker = MosquittoEngine(own_engines.home, engines_prefix)
    for engine in (postgres, broker):
        engine.prepare()
        own_engines.start(engine.spec())
    url = postgres.create_database(OWNER)
    migrate(url)
    asyncio.run(register(url))
    room = Room(engines=own_engines, database_url=url, broker=broker, folder=tmp_path, eventually=eventually)
    yield room
    for process in room.ingests:
        process.kill()
        process.wait()


async def register(url: str) -> None:
    async with Database(url) as database, database.connection() as connection:
        await put_site(connection, STREETS[0])
        await put_sensor(connection, device_id=DEVICE_OF["street-A"], site_id="street-A", quantity=Quantity.LEVEL)


def test_ingest_is_killed_in_mid_stream_and_started_again(room: Room) -> None:
    process = room.ingest()
    with Gateway(room.broker.url(FLEET)) as gateway:
        for first in range(0, 3000, 1000):
            gateway.publish_all(A, packs(first, first + 1000))
            room.eventually(lambda first=first: room.stored() > first)  # in the middle of the thousand, most likely
            process.kill()
            process.wait()
            process = room.ingest()
        room.eventually(lambda: room.stored() == 3000)
    assert room.counted() >= 3000  # a message that was stored and not yet acknowledged is counted again
    assert room.ask("SELECT sum(n) FROM ingest_total WHERE name IN ('conflict', 'quarantined')") == 0
    assert room.ask("SELECT value FROM latest") == 2.999
    process.terminate()
    assert process.wait(10) == 0


def test_the_database_is_killed_and_what_is_published_meanwhile_is_held(room: Room) -> None:
    process = room.ingest()
    with Gateway(room.broker.url(FLEET)) as gateway:
        gateway.publish_all(A, packs(0, 10))
        room.eventually(lambda: room.stored() == 10)
        room.kill("postgres")
        gateway.publish_all(A, packs(10, 2500))  # more than the window lets in: the rest waits in the broker
        room.eventually(lambda: room.stored() == 2500)
    assert room.counted() == 2500
    assert process.poll() is None
    process.terminate()
    assert process.wait(10) == 0


def test_the_database_hangs_and_what_is_published_meanwhile_is_taken_and_kept(room: Room) -> None:
    """It refuses nothing, it just does not answer: ingest waits ten seconds for it, and then no more."""
    process = room.ingest()
    with Gateway(room.broker.url(FLEET)) as gateway:
        gateway.publish_all(A, news(0, 10))
        room.eventually(lambda: room.stored() == 10)
        with room.frozen("postgres"):
            gateway.publish_all(
                A, news(10, 2500)
            )  # more than the window lets in: only what is acknowledged is followed
            room.eventually(lambda: room.in_spool() == 2490, within_s=45)
            assert process.poll() is None
        room.eventually(lambda: room.stored() == 2500)
        room.eventually(lambda: room.in_spool() == 0)
    assert room.ask("SELECT sum(n) FROM ingest_total WHERE name IN ('conflict', 'quarantined')") == 0
    assert room.ask("SELECT value FROM latest") == 2.499
    process.terminate()
    assert process.wait(10) == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_the_broker_goes_and_comes_back(room: Room, how: signal.Signals) -> None:
    process = room.ingest()
    room.save_sessions()  # a broker that is killed remembers what was so ten seconds before
    gone = room.engines.report("mosquitto").pid
    os.kill(gone, how)
    room.eventually(lambda: room.engines.report("mosquitto").pid not in (None, gone))
    with Gateway(room.broker.url(FLEET)) as gateway:
        gateway.publish_all(A, packs(0, 100))
        room.eventually(lambda: room.stored() == 100)
    assert process.poll() is None
    process.terminate()
    assert process.wait(10) == 0


def test_what_is_published_while_ingest_is_away_waits_for_it(room: Room) -> None:
    process = room.ingest()
    process.terminate()
    assert process.wait(10) == 0
    with Gateway(room.broker.url(FLEET)) as gateway:
        gateway.publish_all(A, packs(0, 200))
    process = room.ingest()
    room.eventually(lambda: room.stored() == 200)
    assert room.counted() == 200
    process.terminate()
    assert process.wait(10) == 0


def test_two_copies_share_the_messages_and_a_third_may_not_take_a_name(room: Room) -> None:
    first, second = room.ingest("1", shared=True), room.ingest("2", shared=True)
    with Gateway(room.broker.url(FLEET)) as gateway:
        gateway.publish_all(A, packs(0, 1000))
        room.eventually(lambda: room.stored() == 1000)
    assert room.counted() == 1000
    again = room.ingest("2", shared=True, wait=False)  # takes the session of the second
    assert second.wait(20) == 1
    assert b"ONEMAP_INGEST__INSTANCE" in (room.folder / "2.log").read_bytes()
    for process in (first, again):
        process.terminate()
        assert process.wait(10) == 0
