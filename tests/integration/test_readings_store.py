"""The store of readings: each exactly once, whatever comes twice, late or in contradiction."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from floodcore.domain.reading import Quantity, Reading
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.readings import Stored, add_totals, store_readings, totals
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
        assert await totals(connection) == {"stored": 5, "duplicate": 4, "conflict": 1, "quarantined": 5}
