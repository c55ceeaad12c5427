"""How fast a backlog is judged: an hour of minutes from 5,000 gauges that comes back at once, in a real database."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from floodcore.domain.reading import Quantity, Reading
from floodcore.store import changed
from floodcore.store.database import Database
from floodcore.store.judgements import put_latest
from floodcore.store.readings import store_readings
from ingest.quality.judging import judge
from onemap.bench.room import bench_room

GAUGES = 5_000
MINUTES = 60
BATCH_MINUTES = 4  # 20,000 readings, as ingest stores them
NOTES = 1_000_000  # all
BEGINS = datetime(2021, 7, 20, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def judged_per_s() -> float:
    """Readings a second, from the notes of what is new to the commit of what they are worth."""
    return asyncio.run(_judged_per_s())


async def _judged_per_s() -> float:
    async with (
        bench_room("quality", gauges=GAUGES, services=()) as room,
        Database(room.servers.database_url, size=1, name="bench") as database,
    ):
        for first in range(0, MINUTES, BATCH_MINUTES):
            async with database.connection() as connection:
                await store_readings(connection, _readings(first))
        begun = time.perf_counter()
        async with database.connection() as connection:
            judged = await judge(connection, await changed.take(connection, NOTES), BEGINS + MINUTES * MINUTE)
            await put_latest(connection, judged.spans)
        return GAUGES * MINUTES / (time.perf_counter() - begun)


def _readings(first_minute: int) -> list[Reading]:
    """Dry roads with the noise of their gauges, and a car below every five-hundredth reading."""
    random = np.random.default_rng(first_minute)
    found = []
    for minute in range(first_minute, first_minute + BATCH_MINUTES):
        depths = np.abs(random.normal(0.01, 0.006, GAUGES))
        depths[random.random(GAUGES) < 0.002] = 0.9
        at = BEGINS + minute * MINUTE
        found += [
            Reading(device_id=f"gauge-{n}", quantity=Quantity.LEVEL, observed_at=at, value=depth, received_at=at)
            for n, depth in enumerate(depths.tolist())
        ]
    return found
