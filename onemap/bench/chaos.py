"""`bench chaos`: ingest, the broker and the database are killed at random under load; what is lost, what doubled?"""

import asyncio
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import psycopg

from floodcore.domain.reading import Quantity
from floodcore.wire import senml, topics
from onemap.bench.room import BenchRoom, bench_room
from onemap.bench.sender import Sender
from onemap.engines import mosquitto, postgres
from onemap.progress import Update, phase

GAUGES = 50
PER_S = 100  # messages of one reading
OVERLAP_S = 60.0  # a connection that has lived on for so long shows that the broker has saved what came by it
BEHIND_THE_BROKER = ("ingest", postgres.NAME)
VICTIMS = (*BEHIND_THE_BROKER, mosquitto.NAME)
UNTIMED_EVERY = 5
PAUSE_S = (0.3, 3.0)  # between two kills, at random: also while the others are still coming back
AGAIN_S = 0.3
POLL_S = 0.5
PATIENCE_S = 180.0
NUMBERS = "SELECT round(value * 1000)::int FROM reading"


def run(*, kills: int, seed: int = 20210720) -> dict[str, float]:
    """The figures: `kills` that hit a running process, and readings `lost` and `doubled` when all has arrived.

    In the last third of the kills the broker lives, so that nothing is sent twice to make up for it, and every fifth
    reading has no time of its own.

    Args:
        kills: How many to hit.
        seed: Of the order and the pauses.
    """
    return asyncio.run(_run(kills, random.Random(seed)))  # noqa: S311 - chance, not secrecy


async def _run(kills: int, chance: random.Random) -> dict[str, float]:
    async with bench_room("chaos", gauges=GAUGES, services=("ingest", "upkeep")) as room:
        load = Load(room)
        load.start()
        hit: Counter[str] = Counter()
        with phase(f"{kills} kills under load") as update:
            await _kill(room, hit, kills - kills // 3, VICTIMS, chance, lambda share: update(share * 2 / 3))
            load.leave_times_out()
            await _kill(room, hit, kills, BEHIND_THE_BROKER, chance, update)
        published = await asyncio.to_thread(load.stop)
        with phase("what is under way arrives"):
            stored = await _until_stored(room, len(published))
        kept = {number for (number,) in await asyncio.to_thread(room.rows, NUMBERS)}
        conflicts = await asyncio.to_thread(room.ask, "SELECT count(*) FROM reading_conflict")
    return {
        "kills": hit.total(),
        "lost": len(published - kept),
        "doubled": stored - len(kept) + conflicts,
        "published": len(published),
        **{f"kills_{name}": hit[name] for name in VICTIMS},
    }


async def _kill(
    room: BenchRoom, hit: Counter[str], until: int, victims: Sequence[str], chance: random.Random, update: Update
) -> None:
    while hit.total() < until:
        update(hit.total() / until)
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        victim = chance.choice(victims)
        hit[victim] += room.kill(victim)


async def _until_stored(room: BenchRoom, expected: int) -> int:
    stored, deadline = 0, time.monotonic() + PATIENCE_S
    while stored < expected and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):  # it has been killed just now
            stored = int(await asyncio.to_thread(room.ask, "SELECT count(*) FROM reading"))
        await asyncio.sleep(POLL_S)
    return stored


class Load:
    """A gateway that behaves as docs/reference/mqtt.md asks for: after a break it sends the last minute again.

    A minute of the connection: what was sent again when it began counts from then, as a broker that is killed every
    few seconds has saved nothing of it. Reading number n is n millimetres, so that whatever is missing can be named.
    """

    def __init__(self, room: BenchRoom) -> None:
        self._url = room.servers.fleet_url
        self._numbers: set[int] = set()
        self._lately: deque[tuple[float, tuple[str, bytes]]] = deque()
        self._ending, self._without_times = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        """Publish from now on."""
        self._thread.start()

    def leave_times_out(self) -> None:
        """From now on some readings are observed when they arrive; call it when the broker is killed no more."""
        self._without_times.set()

    def stop(self) -> set[int]:
        """Publish no more; returns the numbers of all readings once the broker has acknowledged each."""
        self._ending.set()
        self._thread.join()
        return self._numbers

    def _run(self) -> None:
        while not self._ending.is_set() or self._lately:
            with suppress(OSError), Sender(self._url, "chaos") as sender:
                sender.send([message for _, message in self._lately])
                now = time.monotonic()
                self._lately = deque((now, message) for _, message in self._lately)
                while not self._ending.wait(1 / PER_S):
                    sender.send([self._next()])
                return
            time.sleep(AGAIN_S)

    def _next(self) -> tuple[str, bytes]:
        number, now = len(self._numbers) + 1, time.monotonic()
        self._numbers.add(number)
        device = f"gauge-{number % GAUGES}"
        if self._without_times.is_set() and number % UNTIMED_EVERY == 0:
            payload = f'[{{"n":"level","v":{number / 1000}}}]'.encode()
        else:
            payload = senml.encode(device, [(Quantity.LEVEL, datetime.now(UTC), number / 1000)])
        self._lately.append((now, (topics.telemetry(device), payload)))
        while self._lately[0][0] < now - OVERLAP_S:
            self._lately.popleft()
        return self._lately[-1][1]
