"""`bench ingest`: how fast one worker stores, held against a bare client and a bare insert in the same run."""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from floodcore.domain.reading import Quantity, Reading
from floodcore.store import staging
from floodcore.store.database import Database
from floodcore.store.readings import SensorOf, store_readings, store_rows
from floodcore.wire import senml, topics
from ingest.batching import MOST_READINGS, WINDOW
from onemap.bench import bare
from onemap.bench.room import BenchRoom, bench_room
from onemap.bench.sender import Sender
from onemap.progress import phase
from onemap.services import service_specs

GAUGES = 1000
SINGLES = 30_000  # messages of one reading: about five seconds of a bare client
PACKS, IN_A_PACK = 6_000, 50
INSERTS = 60  # batches of MOST_READINGS, every other one from a blob
TICK = timedelta(milliseconds=1)
POLL_S = 0.1
PATIENCE_S = 300.0


def run() -> dict[str, float]:
    """The figures.

    `paho_ratio`: messages of one reading that ingest stores and acknowledges in a second, over those that a bare paho
    client with manual acknowledgement receives in a second; both drain a session in which all of them wait, one after
    the other. `packed_readings_s`: readings a second that ingest stores out of packs of 50. `insert_ratio`: how fast
    readings are stored, over the same statements fed a prebuilt binary blob, batch by batch in turns.
    """
    return asyncio.run(_run())


async def _run() -> dict[str, float]:
    async with bench_room("ingest", gauges=GAUGES, services=()) as room:
        with phase("filling two sessions with messages of one reading"):
            await _open_sessions(room)
            await _send(room, _singles())
        with phase("a bare client drains its session"):
            bare_s = await asyncio.to_thread(bare.messages_per_s, room.servers.mqtt_url, "bare", WINDOW, SINGLES)
        with phase("ingest drains its own"):
            await _start_ingest(room)
            singles_s = await _stored_per_s(room, SINGLES)
        with phase("ingest stores packs of 50"):
            await room.supervisor.stop_one("ingest")
            await _send(room, _packs())
            await _start_ingest(room)
            packed_s = await _stored_per_s(room, SINGLES + PACKS * IN_A_PACK, after=SINGLES)
            await room.supervisor.stop_one("ingest")
        with phase("inserting, with and without building the rows"):
            blob_s, readings_s = await _inserted_per_s(room.servers.database_url)
    return {
        "paho_ratio": round(singles_s / bare_s, 3),
        "packed_readings_s": round(packed_s),
        "insert_ratio": round(readings_s / blob_s, 3),
        "bare_messages_s": round(bare_s),
        "ingest_messages_s": round(singles_s),
        "inserted_readings_s": round(readings_s),
    }


async def _open_sessions(room: BenchRoom) -> None:
    for name in ("bare", "ingest-1"):
        await asyncio.to_thread(bare.open_session, room.servers.mqtt_url, name, WINDOW)


async def _send(room: BenchRoom, messages: Iterator[tuple[str, bytes]]) -> None:
    def send() -> None:
        with Sender(room.servers.fleet_url, "load", window=1000) as sender:
            sender.send(messages)

    await asyncio.to_thread(send)


def _singles() -> Iterator[tuple[str, bytes]]:
    """Readings of just now, a millisecond apart, none like another."""
    begin = datetime.now(UTC)
    for number in range(SINGLES):
        device = f"gauge-{number % GAUGES}"
        at = begin + number * TICK
        yield topics.telemetry(device), senml.encode(device, [(Quantity.LEVEL, at, 0.01)])


def _packs() -> Iterator[tuple[str, bytes]]:
    begin = datetime.now(UTC)
    for number in range(PACKS):
        device = f"gauge-{number % GAUGES}"
        first = begin + number // GAUGES * IN_A_PACK * TICK
        times = (first + record * TICK for record in range(IN_A_PACK))
        yield topics.telemetry(device), senml.encode(device, [(Quantity.LEVEL, at, 0.01) for at in times])


async def _start_ingest(room: BenchRoom) -> None:
    specs = service_specs(
        room.home,
        database_url=room.servers.database_url,
        mqtt_url=room.servers.mqtt_url,
        http_host="127.0.0.1",
        http_port=8000,
        extra_env={},
        which=("ingest",),
    )
    await room.supervisor.start(specs)


async def _stored_per_s(room: BenchRoom, until: int, after: int = 0) -> float:
    """Between the first commit after `after` readings and the last one: the start of the process does not count."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while await asyncio.to_thread(room.ask, "SELECT sum(n) FROM ingest_total") < until:
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError("Ingest did not store all in time; see its log.")
        await asyncio.sleep(POLL_S)
    return await asyncio.to_thread(
        room.ask,
        f"""
        WITH batch AS (SELECT received_at, count(*) AS n FROM reading GROUP BY 1 ORDER BY 1),
            numbered AS (SELECT received_at, n, sum(n) OVER (ORDER BY received_at) AS total FROM batch),
            ours AS (SELECT * FROM numbered WHERE total > {after})
        SELECT sum(n) FILTER (WHERE received_at > (SELECT min(received_at) FROM ours))
            / extract(epoch FROM max(received_at) - min(received_at)) FROM ours
        """,  # noqa: S608 - a number of our own
    )


async def _inserted_per_s(database_url: str) -> tuple[float, float]:
    """Readings a second from a prebuilt blob, and from readings; a checkpoint in one of the batches moves no median."""
    loop = asyncio.get_running_loop()
    spent: dict[str, list[float]] = {"readings": [], "blob": []}
    begin = datetime.now(UTC) - timedelta(days=2)
    remembered: SensorOf = {}  # as ingest remembers it
    async with Database(database_url, size=1, name="bench") as database:
        async with database.connection() as connection:
            cursor = await connection.execute("SELECT device_id, sensor_id FROM sensor")
            sensor_of = {row["device_id"]: row["sensor_id"] for row in await cursor.fetchall()}
        for turn, how in zip(range(INSERTS), itertools.cycle(spent)):
            batch = _batch(begin + turn * MOST_READINGS * TICK)
            blob = staging.rows([sensor_of[one.device_id] for one in batch], batch, begin) if how == "blob" else b""
            started = loop.time()
            async with database.connection() as connection:
                if how == "blob":
                    await store_rows(connection, blob)
                else:
                    await store_readings(connection, batch, known_at=begin, sensor_of=remembered)
            spent[how].append(loop.time() - started)
    return MOST_READINGS / median(spent["blob"]), MOST_READINGS / median(spent["readings"])


def _batch(begin: datetime) -> list[Reading]:
    return [
        Reading(
            device_id=f"gauge-{number % GAUGES}",
            quantity=Quantity.LEVEL,
            observed_at=begin + number * TICK,
            received_at=begin,
            value=0.01,
        )
        for number in range(MOST_READINGS)
    ]
