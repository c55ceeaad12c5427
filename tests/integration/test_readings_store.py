"""The store of readings: each exactly once, whatever comes twice, late or in contradiction."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity, Reading
from floodcore.store import changed
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.readings import Stored, add_totals, arrived, store_readings, totals
from floodcore.store.register import put_sensor, put_site, sensors
from floodcore.testing.five_streets import DEVICE_OF, NOON, STREETS

MINUTE = timedelta(minutes=1)


def reading(minute: float, depth_m: float, *, device: str = "gauge-A", late: timedelta = timedelta(0)) -> Reading:
    at = NOON + minute * MINUTE
    return Reading(device_id=device, quantity=Quantity.LEVEL, observed_at=at, value=depth_m, received_at=at + late)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        async with database.connection() as connection:
            for site in STREETS:
                await put_site(connection, site)
                await put_sensor(
                    connection, device_id=DEVICE_OF[site.site_id], site_id=site.site_id, quantity=Quantity.LEVEL
                )
        yield database


async def store(database: Database, *readings: Reading) -> Stored:
    async with database.connection() as connection:
        return await store_readings(connection, readings)


def counts(outcome: Stored) -> tuple[int, int, int, int]:
    return outcome.stored, outcome.duplicate, outcome.conflict, len(outcome.unknown)


async def values(database: Database, table: str) -> list[float]:
    async with database.connection() as connection:
        return [row["value"] for row in await fetch_all(connection, f"SELECT value FROM {table} ORDER BY 1")]


async def test_new_readings_are_stored_and_their_sensors_named(database: Database) -> None:
    outcome = await store(database, reading(0, 0.1), reading(1, 0.2), reading(0, 0.3, device="gauge-C"))
    assert counts(outcome) == (3, 0, 0, 0)
    assert outcome.sensor_ids == (1, 3)
    assert await values(database, "latest") == [0.2, 0.3]


async def test_nothing_at_all_is_stored_as_nothing(database: Database) -> None:
    assert counts(await store(database)) == (0, 0, 0, 0)


async def test_the_same_batch_again_changes_nothing(database: Database) -> None:
    batch = [reading(minute, minute / 10) for minute in range(5)]
    assert counts(await store(database, *batch)) == (5, 0, 0, 0)
    again = await store(database, *batch)
    assert counts(again) == (0, 5, 0, 0)
    assert again.sensor_ids == ()


async def test_within_a_batch_the_first_value_wins(database: Database) -> None:
    outcome = await store(database, reading(0, 0.1), reading(0, 0.1), reading(0, 0.9), reading(0, 0.9))
    assert counts(outcome) == (1, 2, 1, 0)
    assert await values(database, "reading") == [0.1]
    assert await values(database, "reading_conflict") == [0.9]


async def test_another_value_is_kept_beside_the_first_and_once_only(database: Database) -> None:
    assert counts(await store(database, reading(0, 0.1))) == (1, 0, 0, 0)
    assert counts(await store(database, reading(0, 0.5))) == (0, 0, 1, 0)
    assert counts(await store(database, reading(0, 0.5), reading(0, 0.7))) == (0, 1, 1, 0)
    assert await values(database, "reading") == [0.1]
    assert await values(database, "reading_conflict") == [0.5, 0.7]
    assert await values(database, "latest") == [0.1]


async def test_zero_and_minus_zero_are_the_same_value(database: Database) -> None:
    await store(database, reading(0, 0.0))
    assert counts(await store(database, reading(0, -0.0))) == (0, 1, 0, 0)


async def test_a_late_reading_does_not_roll_latest_back(database: Database) -> None:
    await store(database, reading(10, 0.4))
    outcome = await store(database, reading(5, 0.2, late=6 * MINUTE))
    assert counts(outcome) == (1, 0, 0, 0)
    assert await values(database, "latest") == [0.4]
    assert await values(database, "reading") == [0.2, 0.4]


async def test_a_conflicting_value_never_becomes_the_latest(database: Database) -> None:
    await store(database, reading(0, 0.1))
    await store(database, reading(0, 0.9), reading(-1, 0.05))
    assert await values(database, "latest") == [0.1]


async def test_what_the_register_does_not_know_is_handed_back(database: Database) -> None:
    stranger = reading(0, 0.1, device="gauge-Z")
    flow = Reading(device_id="gauge-A", quantity=Quantity.FLOW, observed_at=NOON, value=3.6, received_at=NOON)
    outcome = await store(database, stranger, reading(0, 0.1), flow)
    assert counts(outcome) == (1, 0, 0, 2)
    assert outcome.unknown == (stranger, flow)


def voltage(device_id: str) -> Reading:
    return Reading(device_id=device_id, quantity=Quantity.BATTERY, observed_at=NOON, value=3.6, received_at=NOON)


async def test_a_known_device_may_report_its_battery_though_nobody_entered_it(database: Database) -> None:
    first = await store(database, reading(0, 0.1), voltage("gauge-A"))
    again = await store(database, voltage("gauge-A"))
    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 1, 0, 0))
    async with database.connection() as connection:
        known = await sensors(connection)
    of_gauge = {sensor.quantity: sensor for sensor in known if sensor.device_id == "gauge-A"}
    level, battery = of_gauge[Quantity.LEVEL], of_gauge[Quantity.BATTERY]
    assert (battery.device_id, battery.site_id) == (level.device_id, level.site_id)


async def test_the_battery_of_a_stranger_stays_a_strangers(database: Database) -> None:
    outcome = await store(database, voltage("gauge-Z"))
    assert outcome.unknown == (voltage("gauge-Z"),)


async def test_two_batches_in_one_transaction_are_counted_apart(database: Database) -> None:
    async with database.connection() as connection:
        first = await store_readings(connection, [reading(0, 0.1), reading(1, 0.1)])
        second = await store_readings(connection, [reading(1, 0.1), reading(2, 0.1)])
    assert (counts(first), counts(second)) == ((2, 0, 0, 0), (1, 1, 0, 0))


async def test_a_transaction_that_fails_stores_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.connection() as connection:
            await store_readings(connection, [reading(0, 0.1)])
            _ = 1 / 0
    assert await values(database, "reading") == []
    assert await values(database, "latest") == []


async def test_two_writers_of_the_same_readings_store_each_once(database: Database) -> None:
    batch = [reading(minute, 0.1, device=device) for minute in range(200) for device in ("gauge-A", "gauge-B")]
    outcomes = await asyncio.gather(*(store(database, *order) for order in (batch, batch[::-1], batch[200:])))
    assert sum(outcome.stored for outcome in outcomes) == 400
    assert sum(outcome.duplicate for outcome in outcomes) == 400 + 200
    assert sum(outcome.conflict for outcome in outcomes) == 0


async def test_totals_add_up_over_transactions(database: Database) -> None:
    async def add(connection: Connection, **counted: int) -> None:
        await add_totals(connection, **counted)

    async with database.connection() as connection:
        await add(connection, stored=3, conflict=1)
    async with database.connection() as connection:
        await add(connection, stored=2, duplicate=4, quarantined=5)
    async with database.connection() as connection:
        await add(connection, stored=1, replayed=1)  # one of the five, after the register was mended
        told = await totals(connection)
    assert told == {"stored": 6, "duplicate": 4, "conflict": 1, "quarantined": 5, "replayed": 1}
    assert arrived(told) == 3 + 1 + 2 + 4 + 5


async def test_times_to_the_microsecond_and_a_sources_words_survive_the_staging(database: Database) -> None:
    odd = datetime(2105, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    told = Reading(
        device_id="gauge-A", quantity=Quantity.LEVEL, observed_at=odd, received_at=odd, value=0.1, source_quality="可疑"
    )
    before_1970 = datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC)
    silent = msgspec.structs.replace(told, observed_at=before_1970, received_at=before_1970, source_quality=None)
    empty = msgspec.structs.replace(told, observed_at=NOON, received_at=NOON, source_quality="")
    assert counts(await store(database, told, silent, empty)) == (3, 0, 0, 0)
    async with database.connection() as connection:
        rows = await fetch_all(connection, "SELECT observed_at, source_quality FROM reading ORDER BY observed_at")
    assert [tuple(row.values()) for row in rows] == [(before_1970, None), (NOON, ""), (odd, "可疑")]


def distance(minute: float, distance_m: float) -> Reading:
    at = NOON + minute * MINUTE
    return Reading(device_id="head-A", quantity=Quantity.DISTANCE, observed_at=at, value=distance_m, received_at=at)


async def mount(database: Database, *, since: datetime, until: datetime | None, height_m: float | None) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="head-A", site_id="street-A", quantity=Quantity.DISTANCE)
        await connection.execute(
            "INSERT INTO mount (device_id, height_m, valid_from, valid_to, source) "
            "VALUES ('head-A', %s, %s, %s, 'test')",
            (height_m, since, until),
        )


async def derived(database: Database) -> list[tuple[float, int]]:
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            "SELECT round(value::numeric, 6)::float AS value, flags FROM reading JOIN sensor USING (sensor_id) "
            "WHERE device_id = 'head-A' AND quantity = 'level' ORDER BY observed_at",
        )
    return [(row["value"], row["flags"]) for row in rows]


async def test_a_distance_becomes_a_level_by_the_mount_of_its_time(database: Database) -> None:
    await mount(database, since=NOON - 60 * MINUTE, until=NOON + MINUTE, height_m=6.0)
    await mount(database, since=NOON + MINUTE, until=None, height_m=5.0)
    outcome = await store(database, distance(-61, 5.9), distance(0, 5.9), distance(1, 4.5))
    assert counts(outcome) == (3, 0, 0, 0), "what follows from a distance is counted nowhere"
    assert await derived(database) == [(0.1, Flag.DERIVED), (0.5, Flag.DERIVED)], "nobody knows the mount before"
    assert len(outcome.sensor_ids) == 2, "the level's sensor is announced as well"
    again = await store(database, distance(0, 5.9), distance(1, 4.0))
    assert counts(again) == (0, 1, 1, 0)
    assert await values(database, "reading_conflict") == [4.0], "of the two only the distance is in contradiction"
    assert await derived(database) == [(0.1, Flag.DERIVED), (0.5, Flag.DERIVED)]


async def test_a_head_whose_height_nobody_measured_tells_no_level(database: Database) -> None:
    await mount(database, since=NOON - MINUTE, until=None, height_m=None)
    assert counts(await store(database, distance(0, 5.9))) == (1, 0, 0, 0)
    assert await derived(database) == []


async def test_what_a_batch_changed_is_noted_for_upkeep(database: Database) -> None:
    await store(database, reading(3, 0.1), reading(0, 0.2), reading(1, 0.3, device="gauge-B"))
    await store(database, reading(3, 0.1))
    async with database.connection() as connection:
        spans = await changed.take(connection, 10)
        left = await changed.take(connection, 10)
    assert sorted((one.sensor_id, one.earliest, one.latest) for one in spans) == [
        (1, NOON, NOON + 3 * MINUTE),
        (2, NOON + MINUTE, NOON + MINUTE),
    ]
    assert left == [], "a batch that changes nothing asks for nothing"
