"""Processes that follow one clock through a pause and changes of its speed: nothing comes twice, nothing is missing."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

from floodcore.bus import address, new_client
from floodcore.clock_file import AHEAD, begin, read, steer
from floodcore.domain.forecast import ISSUE_EVERY
from floodcore.packs.read import read_pack
from floodcore.store.database import Database
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish
from floodcore.wire.topics import TELEMETRY
from forecast.schedule import newest_due
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from simulators.packs import shipped
from simulators.schedule import messages

PACK = "floodnet-2023-09-29"
START = datetime(2023, 9, 29, 12, 0, tzinfo=UTC)
END = START + timedelta(minutes=20)
ISSUED = "SELECT issue_time FROM forecast_run WHERE produced_by = 'persistence' ORDER BY run_id"
REPORTED = "SELECT at FROM service_health WHERE component = 'forecast'"


@contextmanager
def process(clock: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    named = {f"ONEMAP_{name}": value for name, value in settings.items()}
    environment = {**os.environ, "ONEMAP_CLOCK__FILE": str(clock), **named}
    with subprocess.Popen([sys.executable, "-m", *words], env=environment) as started:
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def hearing(url: str) -> Iterator[list[bytes]]:
    """All telemetry from now on."""
    heard: list[bytes] = []
    subscribed = Event()
    client = new_client(url, "hearing")
    client.on_connect = lambda client, *_: client.subscribe(TELEMETRY, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: heard.append(bytes(message.payload))
    client.connect(*address(url), clean_start=True)
    client.loop_start()
    try:
        assert subscribed.wait(10)
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def steered(clock: Path, speed: float) -> datetime:
    """Steer, and say at which moment of the room the change takes effect."""
    now = datetime.now(UTC)
    steer(clock, now, speed=speed)
    return read(clock).at(now + AHEAD)


async def test_forecasts_are_issued_once_each_through_a_pause_and_at_any_speed(
    database_url: str, broker: MosquittoEngine, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    async with Database(database_url) as database:
        await furnish(database)
    clock = tmp_path / "clock.json"
    begin(clock, datetime.now(UTC), at=NOON + timedelta(minutes=1), speed=0)
    await asyncio.to_thread(_story, database_url, broker.url(), clock, eventually)


def _story(database_url: str, mqtt_url: str, clock: Path, eventually: Callable[..., Any]) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        process(clock, "forecast", DATABASE__URL=database_url, MQTT__URL=mqtt_url),
    ):

        def column(sql: str) -> list[datetime]:
            return [row[0] for row in connection.execute(sql.encode())]

        eventually(lambda: column(ISSUED) == [NOON])  # what was due when the clock began, though it stands
        steered(clock, 300)  # five minutes in a second
        eventually(lambda: len(column(ISSUED)) >= 3)
        due = newest_due(steered(clock, 0))
        eventually(lambda: column(ISSUED)[-1] == due)
        reported = column(REPORTED)
        eventually(lambda: column(REPORTED) > reported)  # five real seconds: the heart beats on
        assert column(ISSUED)[-1] == due, "and no more"
        steered(clock, 60)
        eventually(lambda: column(ISSUED)[-1] > due)
        steered(clock, 600)
        eventually(lambda: len(column(ISSUED)) >= 8)
        issued = column(ISSUED)
    assert issued == [NOON + number * ISSUE_EVERY for number in range(len(issued))]


def test_a_fleet_stands_still_in_a_pause_and_then_sends_the_rest(
    broker: MosquittoEngine, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    clock, counts = tmp_path / "clock.json", tmp_path / "counts.json"
    pack = read_pack(shipped(PACK))
    schedule = list(messages(pack.between(START, END), {one.station_id: one.device_id for one in pack.stations}))

    def counted() -> dict[str, Any]:
        said: dict[str, Any] = json.loads(counts.read_text())
        return said

    whole = sum(message.readings for message in schedule)
    begin(clock, datetime.now(UTC), at=START, speed=0)
    words = ("simulators.fleet", PACK, "--from", START.isoformat(), "--to", END.isoformat(), "--counts", str(counts))
    with hearing(broker.url()) as heard, process(clock, *words, MQTT__URL=broker.url(FLEET)) as fleet:
        eventually(counts.exists)
        steered(clock, 300)
        eventually(lambda: counted()["published"] > 20)
        paused = steered(clock, 0)
        due = sum(message.readings for message in schedule if message.due <= paused)
        assert due < whole
        eventually(lambda: counted()["published"] == due)
        written = counts.stat().st_mtime_ns
        eventually(lambda: counts.stat().st_mtime_ns > written)  # it is awake, and has looked at what is due
        assert counted()["published"] == due
        steered(clock, 2000)
        assert fleet.wait(30) == 0
    assert counted() == {"published": whole, "resent": 0, "acknowledged": whole, "finished": True}
    assert sorted(heard) == sorted(message.payload for message in schedule)
