"""Stations of SL 651-2014 on a real line: the gateway in this process, a real database, a real bus.

It is 11:00:20 in Beijing on 18 July 2017, when the published frames were sent: those of github.com/novrain/SL-0x028B,
test/TestSL651.cpp.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from floodcore.bus import Bus
from floodcore.domain.reading import Quantity, Reason
from floodcore.errors import SettingsError
from floodcore.migrate import migrate
from floodcore.settings import Settings, load_settings
from floodcore.store import quarantine
from floodcore.store.database import Database, fetch_all
from floodcore.store.health import reports
from floodcore.store.readings import totals
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import STREETS
from floodcore.testing.street_room import SetClock
from floodcore.wire.announcement import Kind
from ingest.message import Message
from ingest.replay import replay
from ingest.sl651 import conversation, server
from ingest.sl651.bcd import to_bcd, to_moment
from ingest.sl651.frame import End, Frame, Packet, parse
from ingest.sl651.intake import MOST_DAMAGED, Intake
from ingest.sl651.pulse import Pulse
from ingest.sl651.service import main
from onemap.engines.mosquitto import MosquittoEngine
from onemap.engines.postgres import OWNER, PostgresEngine

ELEVEN = datetime(2017, 7, 18, 3, 0, tzinfo=UTC)
ROOM = ELEVEN + timedelta(seconds=20)
STATION = "0011223344"
TIMED = bytes.fromhex(
    "7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F0170718110020190000402619000040392300010490381210"
    "9903A421"
)
LINK_KEEP = bytes.fromhex("7E7E01001234567812342F0008020003591011155111036BCA")
UNIFORM = bytes.fromhex(
    "7E7E05001122334403E831004E020031170718110005F1F1001122334448F0F0170718100504180000053923000001220000012200000285"
    "0001049000010490FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0001049000010490037AC7"
)
PATIENCE_S = 20
MEASURED = (Quantity.LEVEL, Quantity.RAIN_TOTAL)  # battery comes by itself


def report(level_m: float, *, station: str = STATION, minute: int = 0) -> bytes:
    """A timed report of one level, `minute` minutes before eleven."""
    observed = to_moment(ELEVEN - timedelta(minutes=minute), 5)
    whose = bytes.fromhex(f"F1F1{station}48") + b"\xf0\xf0" + observed
    text = b"\x00\x07" + to_moment(ROOM) + whose + bytes.fromhex("3923") + to_bcd(level_m, 4, 3)
    return Frame(station=station, centre=5, password=b"\x03\xe8", function=0x32, text=text, end=End.ETX).encode()


@dataclass
class Line:
    """A station's side of a connection; used as `async with Line(port) as line`."""

    port: int

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def answer(self) -> Frame:
        """The next frame from the centre."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self._reader.readexactly(14)
            length = int.from_bytes(head[11:13], "big") & 0xFFF
            return parse(head + await self._reader.readexactly(length + 3))

    async def ended(self) -> bytes:
        """What came until the centre ended the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    def has_heard_nothing(self) -> bool:
        """Whether not one byte has come; no other way shows it without waiting."""
        return not self._reader._buffer  # type: ignore[attr-defined]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_settings(monkeypatch: pytest.MonkeyPatch, database_url: str, mqtt_url: str, ready: Path) -> Settings:
    for name, value in {
        "DATABASE__URL": database_url,
        "MQTT__URL": mqtt_url,
        "INGEST__SL651_PORT": str(free_port()),
        "CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "CLOCK__START": ROOM.isoformat(),
        "READY_FILE": str(ready),
    }.items():
        monkeypatch.setenv(f"ONEMAP_{name}", value)
    return load_settings()


@pytest.fixture
def settings(database_url: str, broker: MosquittoEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    return make_settings(monkeypatch, database_url, broker.url(), tmp_path / "ready")


async def register(database: Database, *stations: str) -> None:
    async with database.connection() as connection:
        await put_site(connection, STREETS[0])
        for station in stations:
            for quantity in MEASURED:
                await put_sensor(connection, device_id=station, site_id=STREETS[0].site_id, quantity=quantity)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await register(database, STATION)
        yield database


async def run(settings: Settings, stopping: asyncio.Event) -> asyncio.Task[None]:
    assert settings.ready_file
    task = asyncio.create_task(main(settings, stopping))
    async with asyncio.timeout(PATIENCE_S):
        while not settings.ready_file.exists():
            assert not task.done(), task
            await asyncio.sleep(0.01)
    return task


@pytest.fixture
async def port(settings: Settings, database: Database) -> AsyncIterator[int]:
    """Where the gateway listens; afterwards it must still be at work, and end when it is asked to."""
    stopping = asyncio.Event()
    task = await run(settings, stopping)
    assert settings.ingest.sl651_port
    yield settings.ingest.sl651_port
    assert not task.done()
    stopping.set()
    await asyncio.wait_for(task, PATIENCE_S)


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        return [tuple(row.values()) for row in await fetch_all(connection, sql)]


async def until(database: Database, sql: str, expected: object) -> None:
    """Wait until a query's first value is as expected."""
    async with asyncio.timeout(PATIENCE_S):
        found: object = None
        while found != expected:
            [(found,)] = await rows(database, sql)


async def counted(database: Database) -> dict[str, int]:
    async with database.connection() as connection:
        return {name: n for name, n in (await totals(connection)).items() if n}


async def kept(database: Database) -> list[tuple[str, bytes, Reason]]:
    async with database.connection() as connection:
        messages = [one.message for one in await quarantine.listed(connection, limit=100)]
    return [(one.topic, one.payload, one.reason) for one in messages]


async def test_a_stations_report_is_stored_and_then_confirmed(port: int, database: Database) -> None:
    async with Line(port) as line:
        line.send(TIMED)
        answer = await line.answer()
    assert (answer.station, answer.centre, answer.password) == (STATION, 5, b"\x03\xe8")
    assert (answer.is_down, answer.function, answer.end, answer.text[:2]) == (True, 0x32, End.EOT, b"\x00\x34")
    stored = await rows(
        database,
        "SELECT quantity, observed_at, value, flags FROM reading JOIN sensor USING (sensor_id) ORDER BY quantity",
    )
    assert stored == [("battery", ELEVEN, 10.99, 0), ("level", ELEVEN, 10.49, 0), ("rain_total", ELEVEN, 4.0, 0)]


async def test_the_confirmation_waits_for_the_commit(port: int, database: Database) -> None:
    """Somebody holds the last table that the transaction needs: all is written, and nothing is committed."""
    async with Line(port) as line:
        async with database.connection() as connection:
            await connection.execute("LOCK TABLE ingest_total")
            line.send(TIMED)
            await until(
                database,
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sl651' AND wait_event_type = 'Lock'",
                1,
            )
            assert line.has_heard_nothing()
        assert (await line.answer()).end is End.EOT


async def test_a_database_that_hangs_is_asked_again_and_the_wall_is_told(
    port: int, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It takes the connection and answers nothing: whoever asks goes on no longer than patience lasts."""
    monkeypatch.setattr("ingest.sl651.intake.PATIENCE_S", 0.5)
    told = "The database has not answered for 0.5 s. 1 messages are held."
    async with Line(port) as line:
        async with database.connection() as connection:
            await connection.execute("LOCK TABLE ingest_total")
            line.send(TIMED)
            await until(database, "SELECT max(detail_en) FROM service_health", "1 messages wait to be stored")
            assert told in [record.message for record in caplog.records]
            assert line.has_heard_nothing()
        assert (await line.answer()).end is End.EOT
    assert await rows(database, "SELECT count(*) FROM reading") == [(3,)]


async def test_the_same_report_again_changes_nothing_and_is_confirmed_again(port: int, database: Database) -> None:
    async with Line(port) as line:
        for _ in range(2):
            line.send(TIMED)
            assert (await line.answer()).end is End.EOT
    assert await counted(database) == {"stored": 3, "duplicate": 3}


async def test_a_damaged_report_is_kept_and_not_confirmed(
    port: int, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    damaged = TIMED[:-1] + b"\0"
    async with Line(port) as line:
        line.send(damaged + b"\x7e" + report(0.3))
        answer = await line.answer()
        assert answer.text[:2] == b"\x00\x07"  # of the good one
    assert await kept(database) == [(f"sl651/{STATION}", damaged, Reason.UNREADABLE)]
    assert await rows(database, "SELECT value FROM reading") == [(0.3,)]
    assert await counted(database) == {"stored": 1, "quarantined": 1}
    assert "03e8" not in caplog.text.lower()  # the password


async def test_a_report_that_breaks_off_with_its_connection_is_kept(port: int, database: Database) -> None:
    async with Line(port) as line:
        line.send(TIMED[:40])
        line._writer.write_eof()
        assert await line.ended() == b""
    await until(database, "SELECT count(*) FROM quarantine", 1)
    assert await kept(database) == [(f"sl651/{STATION}", TIMED[:40], Reason.UNREADABLE)]


async def test_a_stranger_is_confirmed_kept_and_read_again_once_it_is_registered(port: int, database: Database) -> None:
    theirs = report(0.42, station="4101052A1B")
    async with Line(port) as line:
        line.send(theirs)
        assert (await line.answer()).end is End.EOT
    assert await kept(database) == [("sl651/4101052A1B", theirs, Reason.UNKNOWN_DEVICE)]
    await register(database, "4101052A1B")
    replayed = await replay(database, 1, SetClock(ROOM), actor="duty")
    assert replayed
    assert (replayed.stored, replayed.refused) == (1, None)
    assert await rows(database, "SELECT value, observed_at FROM reading") == [(0.42, ELEVEN)]


async def test_values_of_ff_are_faults_and_the_others_are_stored(port: int, database: Database) -> None:
    async with Line(port) as line:
        line.send(UNIFORM)
        assert (await line.answer()).end is End.EOT
    assert await counted(database) == {"stored": 7, "quarantined": 5}


async def test_link_keep_has_no_answer_and_a_test_is_not_stored(port: int, database: Database) -> None:
    """Were the link keep answered, its answer would come first."""
    test = replace(parse(TIMED), function=0x30).encode()
    async with Line(port) as line:
        line.send(LINK_KEEP + test)
        assert (await line.answer()).function == 0x30
    assert await rows(database, "SELECT value FROM reading") == []
    assert await kept(database) == []


async def test_a_message_in_packets_is_asked_for_what_is_missing_and_confirmed_once(
    port: int, database: Database
) -> None:
    whole = parse(UNIFORM)
    cuts = [whole.text[n : n + 30] for n in range(0, len(whole.text), 30)]
    first, second, third = (
        replace(whole, text=text, packet=Packet(number=n, of=3), end=End.ETX if n == 3 else End.ETB)
        for n, text in enumerate(cuts, start=1)
    )
    async with Line(port) as line:
        line.send(first.encode() + third.encode())
        missing = await line.answer()
        assert (missing.end, missing.packet) == (End.NAK, Packet(number=2, of=3))
        line.send(replace(second, end=End.ETX).encode())
        done = await line.answer()
        assert (done.end, done.packet, done.text[:2]) == (End.EOT, Packet(number=3, of=3), whole.text[:2])
    assert await counted(database) == {"stored": 7, "quarantined": 5}


async def test_at_the_full_hour_many_stations_share_few_transactions(port: int, database: Database) -> None:
    """200 stations at once, each over its own connection: a commit gives its readings one time of receipt."""
    stations = [f"00{n:08d}" for n in range(200)]
    await register(database, *stations)

    async def call(station: str) -> Frame:
        async with Line(port) as line:
            line.send(report(0.1, station=station))
            return await line.answer()

    answers = await asyncio.gather(*map(call, stations))
    assert [answer.station for answer in answers] == stations
    assert await counted(database) == {"stored": 200}
    [(commits,)] = await rows(database, "SELECT count(DISTINCT received_at) FROM reading")
    assert commits <= 10


async def test_strangers_make_room_for_stations(port: int, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty places: one station, and a hundred who connect and say nothing or nonsense."""
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    async with Line(port) as station:
        station.send(report(0.1, minute=1))
        await station.answer()
        strangers = [await Line(port).__aenter__() for _ in range(100)]
        for n, stranger in enumerate(strangers):
            stranger.send(b"\x7e\x7e" * n)
        ended = await asyncio.gather(*(stranger.ended() for stranger in strangers[:80]))
        assert set(ended) == {b""}
        station.send(report(0.2))
        assert (await station.answer()).end is End.EOT
        async with Line(port) as late:
            late.send(report(0.3, minute=2))
            assert (await late.answer()).end is End.EOT
        for stranger in strangers:
            await stranger.__aexit__()
    assert await counted(database) == {"stored": 3}


async def test_noise_without_end_ends_the_connection_and_nothing_else(port: int, database: Database) -> None:
    noise = bytes(range(256)) * 4096  # 1 MiB without a frame
    liar = bytes([*TIMED[:11], 0x0F, 0xFF, *TIMED[13:]]) * 5000  # says 4,112 bytes, every 60 bytes anew
    async with Line(port) as noisy, Line(port) as lying, Line(port) as station:
        noisy.send(noise)
        lying.send(liar)
        assert await noisy.ended() == b""
        assert await lying.ended() == b""
        station.send(TIMED)
        assert (await station.answer()).end is End.EOT


async def test_who_connects_and_says_nothing_is_let_go(
    port: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "FIRST_FRAME_WITHIN_S", 0.1)
    async with Line(port) as silent, Line(port) as half:
        half.send(TIMED[:40])
        assert await silent.ended() == b""
        assert await half.ended() == b""
    await until(database, "SELECT count(*) FROM quarantine", 1)


async def test_damage_stands_before_few_reports_however_much_of_it_there_is(
    database: Database, settings: Settings
) -> None:
    """Nothing is stored here: a hundred damaged frames wait, the others are counted, and a report has its place."""
    pulse = Pulse()
    async with Bus(settings.mqtt_url(), "idle") as bus:
        intake = Intake(database, bus, SetClock(ROOM), settings.ingest.oldest, pulse)
        damaged, sound = (
            Message(topic=f"sl651/{STATION}", payload=payload, content_type=None, received_at=ROOM)
            for payload in (TIMED[:-1], TIMED)
        )
        for _ in range(MOST_DAMAGED + 7):
            intake.keep(damaged)
        assert pulse.unkept == 7
        async with asyncio.timeout(PATIENCE_S):
            stored = await intake.put(sound)
        assert not stored.is_set()


async def test_what_is_committed_is_announced(port: int, database: Database, settings: Settings) -> None:
    async with Bus(settings.mqtt_url(), "listener", [Kind.READINGS]) as bus, Line(port) as line:
        async with asyncio.timeout(PATIENCE_S):
            minute, heard = 0, []
            while not heard:  # the listener's subscription is on its way
                minute += 1
                line.send(report(0.1, minute=minute))
                heard = await bus.hint(0.3)
    [(sensor_id,)] = await rows(database, "SELECT sensor_id FROM sensor WHERE quantity = 'level'")
    assert heard[0].ids == (str(sensor_id),)


async def test_the_wall_is_told_how_the_gateway_is(port: int, database: Database) -> None:
    async with asyncio.timeout(PATIENCE_S):
        told: dict[str, Any] = {}
        while "sl651" not in told:
            async with database.connection() as connection:
                told = {row["component"]: row for row in await reports(connection)}
            await asyncio.sleep(0.02)
    assert told["sl651"]["state"] == "ok"
    figures = {"connections", "turned_away", "frames", "broken", "unkept", "garbage", "readings_per_s", "held"}
    assert told["sl651"]["figures"].keys() == figures


async def test_without_a_port_it_says_so_and_does_not_start(settings: Settings) -> None:
    settings.ingest.sl651_port = None
    with pytest.raises(SettingsError, match="ONEMAP_INGEST__SL651_PORT is not set"):
        await main(settings, asyncio.Event())


async def test_a_port_that_is_taken_is_one_sentence(port: int, settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"Nothing can listen at 127\.0\.0\.1"):
        await main(settings, asyncio.Event())


async def test_while_the_database_is_away_nothing_is_confirmed_and_nothing_lost(
    own_engines: Any,
    engines_prefix: Path,
    broker: MosquittoEngine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    eventually: Callable[..., Any],
) -> None:
    postgres = PostgresEngine(own_engines.home, engines_prefix, durable=False)
    postgres.prepare()
    own_engines.start(postgres.spec())
    url = postgres.create_database(OWNER)
    migrate(url)
    settings = make_settings(monkeypatch, url, broker.url(), tmp_path / "ready")
    assert settings.ingest.sl651_port
    stopping = asyncio.Event()
    async with Database(url) as database:
        await register(database, STATION)
        task = await run(settings, stopping)
        async with Line(settings.ingest.sl651_port) as line:
            gone = own_engines.report("postgres").pid
            os.kill(gone, signal.SIGKILL)
            line.send(TIMED)
            await asyncio.to_thread(eventually, lambda: own_engines.report("postgres").pid not in (None, gone))
            assert (await line.answer()).end is End.EOT
        assert await rows(database, "SELECT count(*) FROM reading") == [(3,)]
        assert not task.done()
        stopping.set()
        await asyncio.wait_for(task, PATIENCE_S)
