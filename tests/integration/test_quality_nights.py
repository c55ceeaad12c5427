"""Once a night: zeros that wandered are put right where the weather was dry, and what lies before a head is found."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from floodcore.clock import ScaledClock
from floodcore.domain.quality import Flag, names
from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.site import Site, SiteKind
from floodcore.settings import DatabaseSettings, Settings
from floodcore.store import changed
from floodcore.store.database import Database, fetch_all
from floodcore.store.judgements import put_latest
from floodcore.store.readings import store_readings
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish
from ingest.quality.judging import judge
from ingest.quality.nights import look_back
from ingest.upkeep.nightly import begin, look_each_morning

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIVE = NOON + 17 * HOUR  # five in the morning in Zhengzhou
HEIGHT_M = 4.0


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await furnish(database)
        async with database.connection() as connection:
            for device, quantity in (("head", Quantity.DISTANCE), ("bucket", Quantity.RAIN)):
                await put_sensor(connection, device_id=device, site_id="street-A", quantity=quantity)
            await connection.execute(
                "INSERT INTO mount (device_id, height_m, valid_from, source) "
                "VALUES ('head', 4.0, '2021-01-01', 'survey')"
            )
        yield database


async def pass_nights(database: Database, level_m: float, *, rain_mm: float = 0.0, nights: int = 3) -> None:
    """Distances and rain of the nights up to FIVE, every 15 minutes from nine in the evening on."""
    batch = []
    for night in range(nights):
        for step in range(33):  # eight hours: six of rain before the three that are looked at
            at = FIVE - night * DAY - step * 15 * MINUTE
            told = {Quantity.DISTANCE: ("head", HEIGHT_M - level_m), Quantity.RAIN: ("bucket", rain_mm)}
            batch += [
                Reading(device_id=device, quantity=quantity, observed_at=at, value=value, received_at=at)
                for quantity, (device, value) in told.items()
            ]
            if step == 32:
                batch += [
                    Reading(
                        device_id="bucket",
                        quantity=Quantity.RAIN,
                        observed_at=at - early * 15 * MINUTE,
                        value=rain_mm,
                        received_at=at,
                    )
                    for early in range(1, 9)
                ]
    await arrive(database, *batch)


async def arrive(database: Database, *batch: Reading) -> None:
    async with database.connection() as connection:
        await store_readings(connection, batch)
    async with database.connection() as connection:
        await judge(connection, await changed.take(connection, 1000), FIVE)


async def rows(database: Database, sql: str) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return await fetch_all(connection, sql)


async def flags_at(database: Database, moment: Any) -> list[str]:
    found = await rows(
        database,
        "SELECT observed_at, flags FROM reading JOIN sensor USING (sensor_id) "
        "WHERE device_id = 'head' AND quantity = 'level'",
    )
    return next(names(row["flags"]) for row in found if row["observed_at"] == moment)


MOUNTS = "SELECT height_m, source, valid_from, valid_to FROM mount ORDER BY valid_from"
LEVEL = (
    "SELECT value, adjusted FROM latest JOIN sensor USING (sensor_id) WHERE device_id = 'head' AND quantity = 'level'"
)


async def test_a_zero_that_wandered_is_put_right_after_three_dry_nights(database: Database) -> None:
    await pass_nights(database, 0.05)
    await look_back(database, FIVE, FIVE)
    mounts = await rows(database, MOUNTS)
    assert [(row["height_m"], row["source"]) for row in mounts] == [(4.0, "survey"), (3.95, "computed from dry nights")]
    ended, hung = await rows(
        database, "SELECT kind, before, after, actor FROM journal WHERE entity = 'mount' ORDER BY at"
    )
    assert (ended["kind"], ended["before"]["valid_to"], ended["after"]["height_m"]) == ("mount.changed", None, 4.0)
    assert (hung["kind"], hung["after"]["height_m"], hung["actor"]) == ("mount.added", 3.95, "service:upkeep")
    later = FIVE + 15 * MINUTE
    await arrive(
        database,
        Reading(device_id="head", quantity=Quantity.DISTANCE, observed_at=later, value=3.95, received_at=later),
    )
    (level,) = await rows(database, LEVEL)
    assert level["value"] == pytest.approx(0.0)


def told_at(at: datetime, level_m: float) -> Reading:
    """A distance that the head tells then: as from the height of the survey."""
    return Reading(
        device_id="head", quantity=Quantity.DISTANCE, observed_at=at, value=HEIGHT_M - level_m, received_at=at
    )


async def test_a_zero_that_was_put_right_stays_so_the_next_nights(database: Database) -> None:
    """1.5 cm lie within the 2 cm in which nights agree: taken as they were, the old ones would shift it once more."""
    await pass_nights(database, 0.015, nights=5)
    for night in (2, 1, 0, 0):
        await look_back(database, FIVE - night * DAY, FIVE)
        async with database.connection() as connection:
            await judge(connection, await changed.take(connection, 1000), FIVE)
    mounts = await rows(database, MOUNTS)
    assert [(row["height_m"], row["valid_from"]) for row in mounts[1:]] == [(3.985, FIVE - 2 * DAY)]


async def test_a_look_that_comes_late_judges_again_what_was_observed_since(database: Database) -> None:
    await pass_nights(database, 0.05)
    await arrive(database, told_at(FIVE + 2 * HOUR, 0.05))
    await look_back(database, FIVE, FIVE + 3 * HOUR)
    async with database.connection() as connection:
        judged = await judge(connection, await changed.take(connection, 1000), FIVE + 3 * HOUR)
        await put_latest(connection, judged.spans)
    (level,) = await rows(database, LEVEL)
    assert (level["value"], level["adjusted"]) == (pytest.approx(0.05), pytest.approx(0.0))


async def test_what_a_person_measured_since_ends_what_was_computed(database: Database) -> None:
    await pass_nights(database, 0.05)
    hung = FIVE + HOUR
    async with database.connection() as connection:
        await connection.execute("UPDATE mount SET valid_to = %s", [hung])
        await connection.execute(
            "INSERT INTO mount (device_id, height_m, valid_from, source) VALUES ('head', 4.5, %s, 'hung anew')", [hung]
        )
    for _ in range(2):
        await look_back(database, FIVE, FIVE + 3 * HOUR)
    mounts = await rows(database, MOUNTS)
    assert [row["height_m"] for row in mounts] == [4.0, 3.95, 4.5]
    assert [row["valid_to"] for row in mounts] == [FIVE, hung, None]


async def test_the_nights_are_looked_at_when_the_rooms_clock_comes_past_five(
    database: Database, database_url: str
) -> None:
    await pass_nights(database, 0.05)
    settings = Settings(database=DatabaseSettings(url=SecretStr(database_url)))
    clock = ScaledClock(anchor=datetime.now(UTC), start=FIVE - MINUTE, speed=60.0)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        copies = [tasks.create_task(look_each_morning(settings, database, clock)) for _ in range(2)]
        while len(await rows(database, MOUNTS)) == 1:
            assert not any(copy.done() for copy in copies)
            await asyncio.sleep(0.02)
        for copy in copies:
            copy.cancel()
    looks = await rows(database, "SELECT entity_id, at FROM journal WHERE kind = 'nights.looked_back'")
    assert [look["entity_id"] for look in looks] == ["2021-07-21"]
    assert FIVE <= looks[0]["at"] < FIVE + 10 * MINUTE


async def test_a_morning_is_looked_at_once_and_one_that_was_missed_is_made_up_for(database: Database) -> None:
    noon = FIVE + 7 * HOUR
    assert await begin(database, noon, noon) is None  # nobody has ever looked: the next morning will do
    assert await begin(database, noon, noon + 17 * HOUR) == FIVE + DAY
    started = FIVE + DAY + HOUR
    assert await begin(database, started, started) is None  # started anew, the look is known
    later = FIVE + 3 * DAY + HOUR
    assert await begin(database, later, later) == FIVE + 3 * DAY
    assert await begin(database, later, later) is None
    assert await begin(database, noon - 300 * DAY, noon - 299 * DAY) == FIVE - 299 * DAY  # a replay of another year


@pytest.mark.parametrize(
    ("level_m", "rain_mm", "nights"),
    [(0.05, 0.4, 3), (0.05, 0.0, 2), (0.01, 0.0, 3)],
    ids=["it rained", "two nights only", "within the step of the gauge"],
)
async def test_otherwise_the_mount_stays(database: Database, level_m: float, rain_mm: float, nights: int) -> None:
    await pass_nights(database, level_m, rain_mm=rain_mm, nights=nights)
    await look_back(database, FIVE, FIVE)
    assert len(await rows(database, MOUNTS)) == 1


async def test_what_is_more_than_a_drift_is_for_a_person_to_see(database: Database) -> None:
    await pass_nights(database, 0.20)
    await look_back(database, FIVE, FIVE)
    assert len(await rows(database, MOUNTS)) == 1
    later = FIVE + 15 * MINUTE
    await arrive(
        database,
        Reading(device_id="head", quantity=Quantity.DISTANCE, observed_at=later, value=3.8, received_at=later),
    )
    assert "drift" in await flags_at(database, later)
    assert "drift" not in await flags_at(database, FIVE - 15 * MINUTE)  # nobody knows since when


async def test_something_before_a_rivers_head_is_found_and_found_to_be_gone(database: Database) -> None:
    random = np.random.default_rng(3)
    levels = np.round(0.5 + random.normal(0, 0.002, 144 * 14) + 1.2 * (random.random(144 * 14) < 0.03), 3)
    async with database.connection() as connection:
        await put_site(connection, Site(site_id="river", name="河", kind=SiteKind.RIVER))
        await put_sensor(connection, device_id="stage", site_id="river", quantity=Quantity.LEVEL)
        await store_readings(
            connection,
            [
                Reading(
                    device_id="stage",
                    quantity=Quantity.LEVEL,
                    observed_at=FIVE - step * 10 * MINUTE,
                    value=level,
                    received_at=FIVE,
                )
                for step, level in enumerate(levels.tolist())
            ],
        )
    await look_back(database, FIVE, FIVE)
    (finding,) = await rows(database, "SELECT flag, begins, ends FROM finding")
    assert (finding["flag"], finding["begins"], finding["ends"]) == (Flag.OBSTRUCTED, FIVE, None)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE reading SET value = 0.5 + 0.001 * (extract(minute FROM observed_at)::int %% 3)", {}
        )
    await look_back(database, FIVE + HOUR, FIVE + HOUR)
    (finding,) = await rows(database, "SELECT flag, ends FROM finding")
    assert finding["ends"] == FIVE + HOUR
