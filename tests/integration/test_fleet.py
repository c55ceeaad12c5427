"""The fleet against a real broker: every reading arrives, also at a broker that is killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import paho.mqtt.client as paho
import pytest

from floodcore.bus import address, new_client
from floodcore.clock import Clock, ScaledClock
from floodcore.errors import SettingsError
from floodcore.packs.read import Pack, read_pack
from floodcore.wire.senml import decode
from floodcore.wire.senml_time import Arrival
from floodcore.wire.topics import STATUS, TELEMETRY, device_of
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from simulators.fleet import Fleet
from simulators.packs import shipped
from simulators.schedule import messages
from simulators.source import Scheduled

NAME = "floodnet-2023-09-29"
START = datetime(2023, 9, 29, 12, 0, tzinfo=UTC)
SOON = START + timedelta(minutes=5)
END = START + timedelta(minutes=20)
Identity = tuple[str | None, datetime]


class Listener:
    """A subscriber as ingest is one: it comes back after every break and hears each message at least once."""

    def __init__(self, url: str) -> None:
        self.readings: dict[Identity, float] = {}
        self.online: set[str | None] = set()
        self.subscribed = Event()
        self._client = new_client(url, "listener")
        self._client.on_connect = lambda client, *_: client.subscribe([(TELEMETRY, 1), (STATUS, 1)])
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(*address(url), clean_start=True)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        device = device_of(message.topic)
        if message.topic.endswith("status"):
            self.online.add(device)
            return
        pack = decode(bytes(message.payload), device_id=device or "", content_type=None, arrival=Arrival(at=END))
        for one in pack.readings:
            self.readings[device, one.observed_at.replace(microsecond=0)] = one.value


@contextmanager
def listening(url: str) -> Iterator[Listener]:
    listener = Listener(url)
    try:
        assert listener.subscribed.wait(10)
        yield listener
    finally:
        listener.close()


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(shipped(NAME))


def expected(pack: Pack) -> dict[Identity, float]:
    rows = pack.between(START, END)
    return dict(
        zip(zip(rows["station_id"], rows["observed_at"].dt.to_pydatetime(), strict=True), rows["value"], strict=True)
    )


def clock(speed: float) -> Clock:
    return ScaledClock(anchor=datetime.now(UTC), start=START, speed=speed)


@asynccontextmanager
async def playing(url: str, pack: Pack, speed: float, counts: Path) -> AsyncIterator["asyncio.Task[None]"]:
    device_of = {station.station_id: station.device_id for station in pack.stations}
    fleet = Fleet(Scheduled(messages(pack.between(START, END), device_of)), clock(speed), counts)
    task = asyncio.create_task(fleet.play(url, list(device_of.values()), asyncio.Event()))
    try:
        yield task
    finally:
        task.cancel()


def counted(file: Path) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(file.read_text())
    return counts


async def test_a_pack_is_played_whole(broker: MosquittoEngine, pack: Pack, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    with listening(broker.url()) as listener:
        async with playing(broker.url(FLEET), pack, 2000, counts) as task, asyncio.timeout(30):
            await task
        assert listener.readings == expected(pack)
        assert listener.online == {station.device_id for station in pack.stations}
    n = len(pack.between(START, END))
    assert counted(counts) == {"published": n, "resent": 0, "acknowledged": n, "finished": True}


async def test_a_reading_leaves_when_its_time_comes_on_the_scaled_clock(
    broker: MosquittoEngine, pack: Pack, tmp_path: Path
) -> None:
    began = asyncio.get_running_loop().time()
    with listening(broker.url()):
        async with playing(broker.url(FLEET), pack, 600, tmp_path / "counts.json") as task, asyncio.timeout(30):
            await task
    assert asyncio.get_running_loop().time() - began > 1.9  # twenty minutes at 600 times their pace: two seconds


async def test_nothing_counts_as_delivered_while_nobody_listens(
    broker: MosquittoEngine, pack: Pack, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    counts = tmp_path / "counts.json"
    async with playing(broker.url(FLEET), pack, 2000, counts) as task:
        await asyncio.to_thread(eventually, lambda: counts.exists() and counted(counts)["resent"] > 0)
        assert counted(counts)["acknowledged"] == 0
        with listening(broker.url()) as listener:
            async with asyncio.timeout(30):
                await task
            assert listener.readings == expected(pack)
    assert counted(counts)["finished"]


async def test_a_broker_that_is_killed_costs_nothing(
    own_engines: Any, engines_prefix: Path, pack: Pack, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    engine = MosquittoEngine(own_engines.home, engines_prefix)
    engine.prepare()
    await asyncio.to_thread(own_engines.start, engine.spec())
    counts = tmp_path / "counts.json"
    with listening(engine.url()) as listener:
        async with playing(engine.url(FLEET), pack, 300, counts) as task:
            await asyncio.to_thread(eventually, lambda: len(listener.readings) > 50)
            os.kill(own_engines.report("mosquitto").pid, signal.SIGKILL)
            async with asyncio.timeout(40):
                await task
        assert listener.readings == expected(pack)
    n = len(pack.between(START, END))
    said = counted(counts)
    assert (said["published"], said["acknowledged"], said["finished"]) == (n, n, True)
    assert said["resent"] > 0


async def test_a_broker_that_refuses_ends_it_with_a_sentence(
    broker: MosquittoEngine, pack: Pack, tmp_path: Path
) -> None:
    stranger = broker.url(FLEET).replace(f"{FLEET}:", f"{FLEET}:wrong")
    async with playing(stranger, pack, 2000, tmp_path / "counts.json") as task, asyncio.timeout(30):
        with pytest.raises(SettingsError, match="refuses the account"):
            await task


def test_as_a_process_it_plays_the_span_it_is_given_and_ends(broker: MosquittoEngine, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    with listening(broker.url()) as listener:
        subprocess.run(
            command("--to", SOON.isoformat(), counts=counts), env=settings(broker, 6000), check=True, timeout=60
        )
    assert listener.readings == {
        one: value for one, value in expected(read_pack(shipped(NAME))).items() if one[1] <= SOON
    }
    said = counted(counts)
    assert said["published"] == said["acknowledged"] == len(listener.readings)


def test_sigterm_ends_it_cleanly_and_says_how_far_it_came(
    broker: MosquittoEngine, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    counts = tmp_path / "counts.json"
    with listening(broker.url()), subprocess.Popen(command(counts=counts), env=settings(broker, 60)) as process:
        try:
            eventually(lambda: counts.exists() and counted(counts)["acknowledged"] > 0)
        finally:
            process.terminate()
        assert process.wait(10) == 0
    assert counted(counts)["finished"] is False


def command(*more: str, counts: Path) -> list[str]:
    span = ["--from", START.isoformat(), *more]
    return [sys.executable, "-m", "simulators.fleet", NAME, *span, "--counts", str(counts)]


def settings(broker: MosquittoEngine, speed: float) -> dict[str, str]:
    return {
        **os.environ,
        "ONEMAP_MQTT__URL": broker.url(FLEET),
        "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "ONEMAP_CLOCK__START": START.isoformat(),
        "ONEMAP_CLOCK__SPEED": str(speed),
    }
