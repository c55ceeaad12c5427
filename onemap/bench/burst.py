"""`bench burst`: the database away in a storm, then an hour of backlog of all gauges at once, and live traffic."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from floodcore.domain.reading import Quantity
from floodcore.wire import senml, topics
from onemap.bench.live import DRY_M, LiveTraffic
from onemap.bench.room import BenchRoom, bench_room
from onemap.bench.sender import Sender
from onemap.progress import Update, phase
from onemap.services import MODULES

GAUGES = 5000
BACKLOG = 300_000  # messages: an hour of every gauge at one a minute
EACH = BACKLOG // GAUGES
OLDER_THAN = timedelta(minutes=30)  # before the benchmark began: no reading of the backlog has a live one's identity
WARM_UP_S = 20.0
POLL_S = 1.0
PATIENCE_S = 600.0
SECOND = timedelta(seconds=1)
BACKLOG_ROWS = "SELECT count(*) FROM reading WHERE observed_at < '{before}'"
LIVE_P95 = """
    SELECT 1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM received_at - observed_at)), count(*)
    FROM reading WHERE observed_at BETWEEN '{begin}' AND '{end}'
"""


def run(*, away: timedelta, pace: float) -> dict[str, float]:
    """The figures.

    `lost`, `doubled`: readings that are missing or too many when all has arrived. `drain_s`: from the first message of
    the backlog until all that was ever published is stored. `live_p95_ms`: from publishing to the transaction that
    stores it, of all live readings published from the return of the database until then. `peak_rss_mb`: of ingest.

    Args:
        away: How long the database is stopped while live traffic goes on.
        pace: Messages of backlog a second, all gauges together; 0 is as fast as the broker takes them. A broker hands
            over in order, so what comes faster than ingest takes it in stands before the live readings.
    """
    return asyncio.run(_run(away, pace))


async def _run(away: timedelta, pace: float) -> dict[str, float]:
    services = [name for name in MODULES if name != "sl651"]
    async with bench_room("burst", gauges=GAUGES, services=services) as room, LiveTraffic(room, GAUGES) as traffic:
        with phase("warming up"):
            await asyncio.sleep(WARM_UP_S)
        with phase(f"the database is away for {away}") as update:
            await room.stop_database()
            await _wait(away.total_seconds(), update)
            await room.start_database()
        begin, began = datetime.now(UTC), time.monotonic()
        old = BACKLOG + traffic.published
        with phase(f"{BACKLOG:,} messages of backlog") as update:
            sending = asyncio.create_task(asyncio.to_thread(_send, room, begin, pace), name="backlog")
            await _until_stored(room, f"observed_at < '{begin.isoformat()}'", old, update)
            drain_s = time.monotonic() - began
            await sending
            end = datetime.now(UTC)
        await traffic.stop()
        published = BACKLOG + traffic.published
        with phase("the last readings"):
            stored = await _until_stored(room, "true", published, lambda _share: None)
        conflicts = await asyncio.to_thread(room.ask, "SELECT count(*) FROM reading_conflict")
        saved_up = await asyncio.to_thread(room.ask, BACKLOG_ROWS.format(before=(begin - OLDER_THAN + SECOND)))
        [(live, measured)] = await asyncio.to_thread(room.rows, LIVE_P95.format(begin=begin, end=end))
        away_from_plan = (BACKLOG - saved_up, traffic.published - (stored - saved_up))
        return {
            "lost": sum(max(0.0, missing) for missing in away_from_plan),
            "doubled": sum(max(0.0, -missing) for missing in away_from_plan) + conflicts,
            "drain_s": round(drain_s, 1),
            "live_p95_ms": round(live, 1),
            "peak_rss_mb": room.peak_rss_mb("ingest"),
            "published": published,
            "live_measured": measured,
            "away_s": away.total_seconds(),
            "pace": pace,
        }


def _send(room: BenchRoom, begin: datetime, pace: float) -> None:
    began = time.monotonic()
    with Sender(room.servers.fleet_url, "backlog", window=1000) as sender:
        for minute in range(EACH):
            sender.send(_minute(begin - OLDER_THAN - minute * timedelta(minutes=1)))
            if pace:
                time.sleep(max(0.0, began + (minute + 1) * GAUGES / pace - time.monotonic()))


def _minute(at: datetime) -> Iterator[tuple[str, bytes]]:
    for gauge in range(GAUGES):
        device = f"gauge-{gauge}"
        yield topics.telemetry(device), senml.encode(device, [(Quantity.LEVEL, at, DRY_M)])


async def _until_stored(room: BenchRoom, which: str, expected: int, update: Update) -> int:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        stored = int(await asyncio.to_thread(room.ask, f"SELECT count(*) FROM reading WHERE {which}"))  # noqa: S608
        update(stored / expected)
        if stored >= expected or time.monotonic() > deadline:
            return stored
        await asyncio.sleep(POLL_S)


async def _wait(seconds: float, update: Update) -> None:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        update(1 - left / seconds)
        await asyncio.sleep(min(POLL_S, left))
