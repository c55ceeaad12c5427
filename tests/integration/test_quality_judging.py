"""Judging in a real database: what arrives is judged, again when more arrives, and no raw value ever changes."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from floodcore.domain.quality import names
from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.upkeep import Span
from floodcore.store import changed
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.judgements import put_latest
from floodcore.store.readings import store_readings
from floodcore.store.register import put_sensor
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.street_room import furnish
from ingest.quality.judging import judge

MINUTE = timedelta(minutes=1)
A = DEVICE_OF["street-A"]
ALL = 100  # more notes than any story leaves


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await furnish(database)
        yield database


def readings(
    device: str, quantity: Quantity, values: Sequence[float], *, start: float = 0, every: float = 1
) -> list[Reading]:
    times = [NOON + (start + number * every) * MINUTE for number in range(len(values))]
    return [
        Reading(device_id=device, quantity=quantity, observed_at=at, value=value, received_at=at)
        for at, value in zip(times, values, strict=True)
    ]


async def arrive(database: Database, *batch: Reading, now: datetime = NOON) -> None:
    """Store readings and judge them, as ingest and upkeep do."""
    async with database.connection() as connection:
        await store_readings(connection, batch)
    async with database.connection() as connection:
        await put_latest(connection, (await judge(connection, await changed.take(connection, ALL), now)).spans)


async def told(database: Database, device: str, quantity: Quantity = Quantity.LEVEL) -> list[tuple[Any, ...]]:
    """What the memory holds of a sensor: minute, raw value, adjusted value, quality, flags."""
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            "SELECT observed_at, value, adjusted, quality, flags FROM reading JOIN sensor USING (sensor_id) "
            "WHERE device_id = %(device)s AND quantity = %(quantity)s ORDER BY observed_at",
            {"device": device, "quantity": str(quantity)},
        )
    return [
        ((row["observed_at"] - NOON) / MINUTE, row["value"], row["adjusted"], row["quality"], names(row["flags"]))
        for row in rows
    ]


async def count(connection: Connection, table: str) -> int:
    return len(await fetch_all(connection, f"SELECT 1 FROM {table}"))


async def test_quiet_water_is_good(database: Database) -> None:
    await arrive(database, *readings(A, Quantity.LEVEL, [0.01, 0.02, 0.02]))
    assert [row[2:] for row in await told(database, A)] == [(None, 1, [])] * 3


async def test_the_newest_reading_is_never_a_spike_and_the_next_ones_show_that_it_was_one(database: Database) -> None:
    await arrive(database, *readings(A, Quantity.LEVEL, [0.01, 0.02, 0.90]))  # 88 cm in a minute
    assert (await told(database, A))[-1][3:] == (2, ["fast"])
    await arrive(database, *readings(A, Quantity.LEVEL, [0.01, 0.02, 0.02, 0.01], start=3))
    assert [row[3:] for row in await told(database, A)] == [
        (1, []),
        (1, []),
        (3, ["fast", "spike", "disproved"]),
        *[(1, [])] * 4,
    ]
    async with database.connection() as connection:
        past = await fetch_all(connection, "SELECT quality, flags FROM past_judgement")
    assert [(row["quality"], names(row["flags"])) for row in past] == [(2, ["fast"])]


async def test_latest_is_kept_in_step(database: Database) -> None:
    await arrive(database, *readings(A, Quantity.LEVEL, [0.0, 30.0]))
    async with database.connection() as connection:
        (row,) = await fetch_all(connection, "SELECT value, quality, flags FROM latest")
    assert (row["value"], row["quality"], names(row["flags"])) == (30.0, 3, ["range"])


async def test_a_counter_becomes_amounts_and_a_late_total_divides_one(database: Database) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="bucket", site_id="street-A", quantity=Quantity.RAIN_TOTAL)
    await arrive(database, *readings("bucket", Quantity.RAIN_TOTAL, [10.0, 16.0], every=10))
    assert await told(database, "bucket", Quantity.RAIN) == [(10, 6.0, None, 1, ["derived"])]
    await arrive(database, *readings("bucket", Quantity.RAIN_TOTAL, [12.0], start=5))
    assert await told(database, "bucket", Quantity.RAIN) == [
        (5, 2.0, None, 1, ["derived"]),
        (10, 6.0, 4.0, 1, ["derived"]),
    ]


async def test_judging_again_writes_nothing(database: Database) -> None:
    batch = readings(A, Quantity.LEVEL, [0.01, 0.9, 0.02, 0.01, 0.02])
    await arrive(database, *batch)
    async with database.connection() as connection:
        before = await count(connection, "past_judgement")
        (row,) = await fetch_all(connection, "SELECT max(judged_at) AS at FROM reading")
    async with database.connection() as connection:
        span = Span(sensor_id=1, earliest=batch[0].observed_at, latest=batch[-1].observed_at)
        await changed.note(connection, [span])
        await judge(connection, await changed.take(connection, ALL), NOON + MINUTE)
    async with database.connection() as connection:
        assert await count(connection, "past_judgement") == before
        (again,) = await fetch_all(connection, "SELECT max(judged_at) AS at FROM reading")
    assert row == again


async def put_rain_gauge(database: Database, device: str = "bucket", quantity: Quantity = Quantity.RAIN) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id=device, site_id="street-A", quantity=quantity)


async def test_water_without_rain_is_suspect_until_late_rain_explains_it(database: Database) -> None:
    await put_rain_gauge(database)
    dry = readings("bucket", Quantity.RAIN, [0.0] * 25, start=-360, every=15)  # six hours up to noon
    await arrive(database, *dry[:-3], *dry[-2:])
    await arrive(database, *readings(A, Quantity.LEVEL, [0.02, 0.06, 0.10]))
    assert [row[3:] for row in await told(database, A)] == [(1, []), (2, ["rain"]), (2, ["rain"])]
    await arrive(database, *readings("bucket", Quantity.RAIN, [4.0], start=-30))
    assert [row[3:] for row in await told(database, A)] == [(1, [])] * 3


async def test_no_rain_gauge_is_no_dry_weather(database: Database) -> None:
    await arrive(database, *readings(A, Quantity.LEVEL, [0.02, 0.06, 0.10]))
    assert [row[3:] for row in await told(database, A)] == [(1, [])] * 3


async def test_two_gauges_of_one_street_that_differ_are_both_suspect(database: Database) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="second", site_id="street-A", quantity=Quantity.LEVEL)
    await arrive(database, *readings(A, Quantity.LEVEL, [0.02, 0.02]))
    await arrive(database, *readings("second", Quantity.LEVEL, [0.40], start=1))
    assert [row[3:] for row in await told(database, A)] == [(1, []), (2, ["neighbour"])]
    assert [row[3:] for row in await told(database, "second")] == [(2, ["neighbour"])]


async def judge_minutes(database: Database, device: str, quantity: Quantity, first: float, last: float) -> None:
    """Have readings judged anew, as whoever changes what they are judged by asks for it."""
    async with database.connection() as connection:
        (row,) = await fetch_all(
            connection,
            "SELECT sensor_id FROM sensor WHERE device_id = %(device)s AND quantity = %(quantity)s",
            {"device": device, "quantity": str(quantity)},
        )
        span = Span(sensor_id=row["sensor_id"], earliest=NOON + first * MINUTE, latest=NOON + last * MINUTE)
        await changed.note(connection, [span])
        await judge(connection, await changed.take(connection, ALL), NOON + 10 * MINUTE)


async def test_a_mount_that_changed_gives_other_levels_beside_the_first_ones(database: Database) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="head", site_id="street-A", quantity=Quantity.DISTANCE)
        await connection.execute(
            "INSERT INTO mount (device_id, height_m, valid_from, source) VALUES ('head', 4.0, '2021-01-01', 'survey')"
        )
    await arrive(database, *readings("head", Quantity.DISTANCE, [3.75, 3.75]))
    assert await told(database, "head") == [(0, 0.25, None, 1, ["derived"]), (1, 0.25, None, 1, ["derived"])]
    async with database.connection() as connection:
        await connection.execute("UPDATE mount SET height_m = 4.25")
    await judge_minutes(database, "head", Quantity.DISTANCE, 0, 1)
    assert await told(database, "head") == [(0, 0.25, 0.5, 1, ["derived"]), (1, 0.25, 0.5, 1, ["derived"])]


async def test_levels_that_are_missing_are_stored_once_the_head_has_a_height(database: Database) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="head", site_id="street-A", quantity=Quantity.DISTANCE)
    await arrive(database, *readings("head", Quantity.DISTANCE, [3.75]))
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO mount (device_id, height_m, valid_from, source) VALUES ('head', 4.0, '2021-01-01', 'survey')"
        )
    await judge_minutes(database, "head", Quantity.DISTANCE, 0, 0)
    assert await told(database, "head") == [(0, 0.25, None, 1, ["derived"])]


async def test_a_persons_word_is_judged_in_and_out_again(database: Database) -> None:
    await arrive(database, *readings(A, Quantity.LEVEL, [0.02, 0.90, 0.95]))
    assert [row[3:] for row in await told(database, A)] == [(1, []), (2, ["fast"]), (1, [])]
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at) "
            "SELECT sensor_id, %(noon)s, %(noon)s + interval '2 min', 'set', 0.03, 'officer', 'a crate', %(noon)s "
            "FROM sensor WHERE device_id = %(device)s",
            {"noon": NOON, "device": A},
        )
    await judge_minutes(database, A, Quantity.LEVEL, 0, 2)
    assert [row[1:] for row in await told(database, A)] == [
        (raw, 0.03, 1, ["corrected", "held_good"]) for raw in (0.02, 0.90, 0.95)
    ]
    async with database.connection() as connection:
        await connection.execute("UPDATE correction SET revoked_at = %(noon)s, revoked_by = 'officer'", {"noon": NOON})
    await judge_minutes(database, A, Quantity.LEVEL, 0, 2)
    assert [row[2:] for row in await told(database, A)] == [(None, 1, []), (None, 2, ["fast"]), (None, 1, [])]


async def settled(database: Database) -> list[tuple[Any, ...]]:
    """All readings as the room uses them, by device, quantity and time."""
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            "SELECT device_id, quantity, observed_at, coalesce(adjusted, value) AS value, quality, flags "
            "FROM reading JOIN sensor USING (sensor_id) ORDER BY 1, 2, 3",
        )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_arrival_ends_in_the_same_table(database: Database, seed: int) -> None:
    random = Random(seed)
    await put_rain_gauge(database, "bucket", Quantity.RAIN_TOTAL)
    await put_rain_gauge(database, "second", Quantity.LEVEL)
    totals = [10.0, 10.2, 10.2, 10.2, 3.0, 3.0, 3.0, 3.4, 9.0]  # it began anew in the middle
    cars = [0.0, 0.0, 0.9, 0.0, 0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.0, 0.0, 0.0, 0.0]
    batch = [
        *readings("bucket", Quantity.RAIN_TOTAL, totals[:3], start=-400, every=200),
        *readings("bucket", Quantity.RAIN_TOTAL, totals[3:], start=15, every=15),
        *readings("bucket", Quantity.RAIN_TOTAL, [10.2] * 24, start=-355, every=15),
        *readings(A, Quantity.LEVEL, cars),
        *readings(A, Quantity.LEVEL, [0.06, 0.20, 0.35, 0.35, 0.2], start=20, every=10),
        *readings("second", Quantity.LEVEL, [0.02, 0.10, 0.02, 0.03, 0.2], start=20, every=10),
    ]
    await arrive(database, *batch)
    at_once = await settled(database)
    assert {name for row in at_once for name in names(row[-1])} >= {
        "derived",
        "reset",
        "fast",
        "spike",
        "disproved",
        "neighbour",
    }
    async with database.connection() as connection:
        await connection.execute("TRUNCATE reading, latest, past_judgement, changed")
    random.shuffle(batch)
    while batch:
        size = random.choice([1, 2, 5, 20])
        await arrive(database, *batch[:size])
        batch = batch[size:]
    assert await settled(database) == at_once
