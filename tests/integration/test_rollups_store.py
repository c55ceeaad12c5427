"""Rollups say what the readings say, whatever becomes of these: on either build of TimescaleDB, asked alike."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.rollup import Every
from floodcore.domain.upkeep import Span
from floodcore.store import rollups
from floodcore.store.database import Database, fetch_all
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.street_room import furnish, observe

MINUTE = timedelta(minutes=1)
SENSORS = {1: "gauge-A", 2: "gauge-B"}
COLUMNS = "sensor_id, begins, n, bad, mean, lowest, highest, last, total"
SAID = f"SELECT {COLUMNS} FROM rollup WHERE every_min = %(minutes)s ORDER BY sensor_id, begins"
# The plain truth, by other words than those of the rollups: no time_bucket, no last().
TRUTH = """
    SELECT sensor_id, to_timestamp(floor(extract(epoch FROM observed_at) / %(seconds)s) * %(seconds)s) AS begins,
        count(worth) AS n, count(*) - count(worth) AS bad, avg(worth) AS mean, min(worth) AS lowest,
        max(worth) AS highest, (array_agg(worth ORDER BY observed_at DESC) FILTER (WHERE worth IS NOT NULL))[1] AS last,
        sum(worth) AS total
    FROM (
        SELECT *, CASE WHEN quality < 3 THEN CASE WHEN adjusted IS NULL THEN value ELSE adjusted END END AS worth
        FROM reading
    ) AS judged
    GROUP BY 1, 2 HAVING count(worth) > 0 ORDER BY 1, 2
"""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await furnish(database)
        yield database


async def rows(database: Database, every: Every, sql: str) -> list[dict[str, Any]]:
    asked = {"minutes": every.minutes, "seconds": 60 * every.minutes}
    async with database.connection() as connection:
        return await fetch_all(connection, sql, asked)


async def assert_right(database: Database) -> None:
    """Every rollup of every width is what a plain GROUP BY says; sums up to the last digits of a double."""
    for every in Every:
        said, truth = await rows(database, every, SAID), await rows(database, every, TRUTH)
        assert said == [
            {**row, "mean": pytest.approx(row["mean"]), "total": pytest.approx(row["total"])} for row in truth
        ], every


class History:
    """What happens to the readings of two gauges within nine hours, at random."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.random = database, random.Random(seed)

    def moment(self) -> datetime:
        return NOON + timedelta(seconds=self.random.randrange(9 * 3600))

    async def arrives(self) -> list[Span]:
        """A batch of both gauges: some new, some late, some known already."""
        batch = [
            Reading(
                device_id=self.random.choice(list(SENSORS.values())),
                quantity=Quantity.LEVEL,
                observed_at=self.moment(),
                received_at=NOON + timedelta(hours=9),
                value=self.random.uniform(-0.1, 2.0),
            )
            for _ in range(self.random.randrange(1, 60))
        ]
        async with self.database.connection() as connection:
            told = await store_readings(connection, batch)
            times = [reading.observed_at for reading in batch]
            spans = [Span(sensor_id=one, earliest=min(times), latest=max(times)) for one in told.sensor_ids]
            await rollups.sum_up(connection, spans)
        return spans

    async def is_judged(self, change: str) -> list[Span]:
        """A stretch of one gauge is judged anew."""
        begins = self.moment()
        span = Span(
            sensor_id=self.random.choice(list(SENSORS)),
            earliest=begins,
            latest=begins + timedelta(seconds=self.random.randrange(7200)),
        )
        async with self.database.connection() as connection:
            asked = {"sensor_id": span.sensor_id, "earliest": span.earliest, "latest": span.latest}
            where = "WHERE sensor_id = %(sensor_id)s AND observed_at BETWEEN %(earliest)s AND %(latest)s"
            await connection.execute(f"UPDATE reading SET {change} {where}", asked)
            await rollups.sum_up(connection, [span])
        return [span]


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_history_the_rollups_are_what_the_readings_say(database: Database, seed: int) -> None:
    async with database.connection() as connection:
        kept = await rollups.are_kept(connection)
    path = "tables of our own" if kept else "continuous aggregates"
    print(f"rollups by {path}")  # which of the two was tested depends on the server
    history = History(database, seed)
    changes = [
        "quality = 3",
        "quality = 1",
        "quality = 2, adjusted = value + 0.25",
        "adjusted = NULL",
    ]
    for step in range(40):
        if history.random.random() < 0.5:
            await history.arrives()
        else:
            await history.is_judged(history.random.choice(changes))
        if step % 13 == 0:
            await rollups.refresh(database, NOON + timedelta(hours=history.random.randrange(9)))
    await rollups.refresh(database, NOON + timedelta(hours=12))
    await assert_right(database)


async def test_a_rollup_of_bad_readings_alone_is_none_and_comes_back_with_a_good_one(
    database: Database,
) -> None:
    await observe(database, "street-A", [10, 20, 30], start=NOON, every=20 * timedelta(seconds=1))
    span = Span(sensor_id=1, earliest=NOON, latest=NOON + MINUTE)
    counts = []
    for quality in ("1", "3", "CASE WHEN value = 0.2 THEN 2 ELSE 3 END"):
        async with database.connection() as connection:
            await connection.execute(f"UPDATE reading SET quality = {quality}")
            await rollups.sum_up(connection, [span])
        counts.append([(row["n"], row["bad"], row["mean"]) for row in await rows(database, Every.HOUR, SAID)])
    assert counts == [[(3, 0, pytest.approx(0.2))], [], [(1, 2, 0.2)]]


async def test_only_what_was_asked_for_is_computed(database: Database) -> None:
    """One of the street's two hours: the other has no rollup yet."""
    await observe(database, "street-A", [10] * 120, start=NOON, every=MINUTE)
    async with database.connection() as connection:
        if not await rollups.are_kept(connection):
            pytest.skip("continuous aggregates know by themselves what has changed")
        at = NOON + 61 * MINUTE
        await rollups.sum_up(connection, [Span(sensor_id=1, earliest=at, latest=at)])
    found = {every: [row["begins"] for row in await rows(database, every, SAID)] for every in Every}
    assert found == {
        Every.MINUTE: [at],
        Every.FIVE_MINUTES: [NOON + 60 * MINUTE],
        Every.QUARTER: [NOON + 60 * MINUTE],
        Every.HOUR: [NOON + 60 * MINUTE],
    }


async def test_what_was_dropped_is_not_summed_up_anew_from_a_late_reading(database: Database) -> None:
    await observe(database, "street-A", [10] * 60, start=NOON, every=MINUTE)
    span = Span(sensor_id=1, earliest=NOON, latest=NOON + 59 * MINUTE)
    async with database.connection() as connection:
        await rollups.sum_up(connection, [span])
        before = await fetch_all(connection, SAID, {"minutes": 60})
        await connection.execute("DELETE FROM reading")
        await connection.execute(
            "INSERT INTO archived (name, what, begins, ends, n, dropped_at)"
            " VALUES ('a', 'readings', %(noon)s, %(one)s, 60, %(one)s)",
            {"noon": NOON, "one": NOON + 60 * MINUTE},
        )
    await observe(database, "street-A", [90], start=NOON + 30 * MINUTE, every=MINUTE)
    async with database.connection() as connection:
        await rollups.sum_up(connection, [span])
        assert await fetch_all(connection, SAID, {"minutes": 60}) == before
    assert [row["n"] for row in before] == [60]


async def test_of_two_that_sum_up_the_same_hour_one_waits_for_the_other(database: Database) -> None:
    """So that neither writes what it read before the other's readings came."""
    at = [NOON + minute * MINUTE for minute in range(40)]

    async def one(moment: datetime) -> None:
        batch = [
            Reading(
                device_id=DEVICE_OF[site_id], quantity=Quantity.LEVEL, observed_at=moment, received_at=moment, value=1
            )
            for site_id in ("street-A", "street-B")
        ]
        async with database.connection() as connection:
            await store_readings(connection, batch)
        spans = [Span(sensor_id=sensor_id, earliest=moment, latest=moment) for sensor_id in (2, 1)]
        async with database.connection() as connection:
            await rollups.take_turn(connection)
            await rollups.sum_up(connection, spans)

    await asyncio.gather(*(one(moment) for moment in at))
    await assert_right(database)
    assert [row["n"] for row in await rows(database, Every.HOUR, SAID)] == [40, 40]
