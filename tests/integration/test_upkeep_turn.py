"""A turn of upkeep judges and sums up all that is noted, or leaves it on the list."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.upkeep import Span
from floodcore.errors import DatabaseUnavailable
from floodcore.store import changed
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.readings import store_readings
from floodcore.store.register import put_sensor
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import SetClock, furnish, observe
from ingest.quality.judging import Judged, judge
from ingest.upkeep.turn import Turn, recall, take_turn

MINUTE = timedelta(minutes=1)
CLOCK = SetClock(NOON + 60 * MINUTE)
DAY = timedelta(days=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await furnish(database)
        yield database


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        return [tuple(row.values()) for row in await fetch_all(connection, sql)]


async def rollups_of_an_hour(database: Database) -> list[tuple[Any, ...]]:
    return await rows(database, "SELECT sensor_id, n, bad FROM rollup WHERE every_min = 60 ORDER BY sensor_id, begins")


async def test_what_is_stored_is_judged_and_summed_up_and_the_list_is_empty(database: Database) -> None:
    for street in ("street-A", "street-B"):
        await observe(database, street, [3, 3, 4], start=NOON, every=MINUTE)
    turn = await take_turn(database, CLOCK, judge)
    assert turn == Turn(spans=2)
    assert await rows(database, "SELECT DISTINCT quality, judged_at FROM reading") == [(1, CLOCK.now())]
    assert await rollups_of_an_hour(database) == [(1, 3, 0), (2, 3, 0)]
    assert await take_turn(database, CLOCK, judge) == Turn()


async def say(database: Database, action: str, at: datetime, value: float | None = None) -> None:
    """A person's word about a reading of street A."""
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at)"
            " VALUES (1, %(at)s, %(at)s, %(action)s, %(value)s, 'officer', 'a bus stood on it', %(now)s)",
            {"at": at, "action": action, "value": value, "now": CLOCK.now()},
        )
        await changed.note(connection, [Span(sensor_id=1, earliest=at, latest=at)])


async def test_a_person_who_says_that_readings_are_bad_takes_them_out_of_the_rollups(database: Database) -> None:
    await observe(database, "street-A", [3, 80, 4], start=NOON, every=MINUTE)
    await take_turn(database, CLOCK, judge)
    await say(database, "bad", NOON + MINUTE)
    await take_turn(database, CLOCK, judge)
    assert await rollups_of_an_hour(database) == [(1, 2, 1)]
    assert await rows(database, "SELECT highest FROM rollup WHERE every_min = 60") == [(0.04,)]


async def test_only_what_the_room_could_not_know_of_a_newest_reading_is_news(database: Database) -> None:
    """Its arrival was announced by whoever stored it; that it is good is no news."""
    for street, depths in (("street-A", [3, 3, 4]), ("street-B", [3, 3, 40])):
        await observe(database, street, depths, start=NOON, every=MINUTE)
    assert (await take_turn(database, CLOCK, judge)).news == (2,)  # it rose fast
    for action, value, at, news in (
        ("bad", None, NOON, ()),  # not the newest one
        ("bad", None, NOON + 2 * MINUTE, (1,)),
        ("good", None, NOON + 2 * MINUTE, (1,)),
        ("set", 0.1, NOON + 2 * MINUTE, (1,)),
        ("set", 0.1, NOON + 2 * MINUTE, ()),  # said again
    ):
        await say(database, action, at, value)
        assert (await take_turn(database, CLOCK, judge)).news == news


async def test_an_amount_of_rain_is_news_when_it_is_computed_as_nobody_has_announced_it(database: Database) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="bucket", site_id="street-A", quantity=Quantity.RAIN_TOTAL)
        await store_readings(
            connection,
            [
                Reading(device_id="bucket", quantity=Quantity.RAIN_TOTAL, observed_at=at, value=mm, received_at=at)
                for at, mm in ((NOON, 7.0), (NOON + 5 * MINUTE, 7.4))
            ],
        )
    news = (await take_turn(database, CLOCK, judge)).news
    assert await rows(database, "SELECT sensor_id FROM sensor WHERE quantity = 'rain'") == [news]


class Poisoned(Exception):
    """What a check makes of readings that nobody thought of."""


async def judge_all_but_b(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
    """The real judge, but for the readings of B."""
    judged = await judge(connection, spans, now)
    if any(span.sensor_id == 2 for span in spans):
        raise Poisoned("street B\nin a second line")
    return judged


async def test_readings_that_cannot_be_judged_stop_nobody_and_are_listed_until_they_can(database: Database) -> None:
    for street in ("street-A", "street-B", "street-C", "street-D"):
        await observe(database, street, [3, 3, 4], start=NOON, every=MINUTE)
    assert (await take_turn(database, CLOCK, judge_all_but_b)).spans == 4
    assert await rows(database, "SELECT sensor_id, quality FROM reading WHERE quality = 0") == [(2, 0)] * 3
    assert await rows(database, "SELECT sensor_id, earliest, latest, error FROM unjudgeable") == [
        (2, NOON, NOON + 2 * MINUTE, "street B")
    ]
    assert await take_turn(database, CLOCK, judge_all_but_b) == Turn()  # not again and again
    await observe(database, "street-B", [5], start=NOON + 10 * MINUTE, every=MINUTE)
    await take_turn(database, CLOCK, judge_all_but_b)
    assert await rows(database, "SELECT latest FROM unjudgeable") == [(NOON + 10 * MINUTE,)]
    assert await rollups_of_an_hour(database) == [(1, 3, 0), (2, 4, 0), (3, 3, 0), (4, 3, 0)]
    await recall(database)  # started anew, mended
    await take_turn(database, CLOCK, judge)
    assert await rows(database, "SELECT DISTINCT quality FROM reading") == [(1,)]
    assert await rows(database, "SELECT * FROM unjudgeable") == []


async def test_a_statement_that_the_server_refuses_is_no_end_either(database: Database) -> None:
    async def judge_with_a_mistake(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        if any(span.sensor_id == 2 for span in spans):
            await connection.execute("SELECT 1 / 0")
        return await judge(connection, spans, now)

    for street in ("street-A", "street-B"):
        await observe(database, street, [3], start=NOON, every=MINUTE)
    await take_turn(database, CLOCK, judge_with_a_mistake)
    assert await rows(database, "SELECT sensor_id, quality FROM reading ORDER BY sensor_id") == [(1, 1), (2, 0)]
    assert await rows(database, "SELECT error FROM unjudgeable") == [("division by zero",)]


async def test_killed_in_the_middle_everything_is_still_on_the_list(database: Database) -> None:
    await observe(database, "street-A", [3, 3, 4], start=NOON, every=MINUTE)

    async def killed(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        await judge(connection, spans, now)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await take_turn(database, CLOCK, killed)
    assert await rollups_of_an_hour(database) == []
    assert await rows(database, "SELECT DISTINCT quality FROM reading") == [(0,)]
    assert (await take_turn(database, CLOCK, judge)).spans == 1


async def test_a_database_that_breaks_off_is_no_fault_of_the_readings(database: Database) -> None:
    await observe(database, "street-A", [3], start=NOON, every=MINUTE)

    async def broken_off(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("the connection is gone")

    with pytest.raises(DatabaseUnavailable):
        await take_turn(database, CLOCK, broken_off)
    assert await rows(database, "SELECT * FROM unjudgeable") == []
    assert (await take_turn(database, CLOCK, judge)).spans == 1


async def test_a_year_is_done_in_pieces_behind_what_is_new(database: Database) -> None:
    async with database.connection() as connection:
        await changed.note(connection, [Span(sensor_id=1, earliest=NOON - 30 * DAY, latest=NOON - DAY)])
    await observe(database, "street-A", [3] * 30, start=NOON - 30 * DAY, every=DAY)
    seen: list[list[Span]] = []

    async def watched(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        seen.append(list(spans))
        return await judge(connection, spans, now)

    while (await take_turn(database, CLOCK, watched)).spans:
        pass
    assert max(span.latest - span.earliest for spans in seen for span in spans) == DAY
    assert len(await rows(database, "SELECT 1 FROM rollup WHERE every_min = 60")) == 30
    assert await rows(database, "SELECT DISTINCT quality FROM reading") == [(1,)]


async def test_a_word_about_last_summer_is_judged_beside_what_is_new_and_not_with_all_between(
    database: Database,
) -> None:
    summer = NOON - 300 * DAY
    for begins in (summer, NOON - 150 * DAY, NOON):
        for street in ("street-A", "street-B"):
            await observe(database, street, [30, 31], start=begins, every=MINUTE)
    while (await take_turn(database, CLOCK, judge)).spans:
        pass
    await observe(database, "street-A", [32], start=NOON + 2 * MINUTE, every=MINUTE)
    await say(database, "bad", summer)
    seen: list[datetime] = []

    async def watched(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        judged = await judge(connection, spans, now)
        assert max(span.latest - span.earliest for span in judged.spans) < DAY
        seen.extend(span.latest for span in spans)
        return judged

    assert (await take_turn(database, CLOCK, watched)).spans == 2
    assert seen == [NOON + 2 * MINUTE, summer]
    assert await rows(database, "SELECT observed_at FROM reading WHERE quality = 3") == [(summer,)]
    assert await rows(database, "SELECT * FROM changed") == []


async def test_whoever_stores_does_not_wait_for_a_turn_that_judges(database: Database) -> None:
    await observe(database, "street-A", [3, 40], start=NOON, every=MINUTE)

    async def overtaken(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        judged = await judge(connection, spans, now)
        async with asyncio.timeout(10):
            await observe(database, "street-A", [41], start=NOON + 2 * MINUTE, every=MINUTE)
        return judged

    assert (await take_turn(database, CLOCK, overtaken)).news == ()  # what rose fast is not the newest any more
    assert await rows(database, "SELECT value, quality FROM latest") == [(0.41, 0)]
    await take_turn(database, CLOCK, judge)
    assert await rows(database, "SELECT value, quality FROM latest") == [(0.41, 1)]


async def test_an_hour_that_came_minute_by_minute_is_judged_as_one(database: Database) -> None:
    for minute in range(60):
        await observe(database, "street-A", [3], start=NOON + minute * MINUTE, every=MINUTE)
    assert (await take_turn(database, CLOCK, judge)).spans == 1
    assert await rollups_of_an_hour(database) == [(1, 60, 0)]


async def test_copies_beside_each_other_sum_up_each_reading_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.upkeep.turn.NOTES", 3)
    for minute in range(30):
        for street in ("street-A", "street-B"):
            await observe(database, street, [3], start=NOON + minute * MINUTE, every=MINUTE)

    async def copy() -> None:
        while (await take_turn(database, CLOCK, judge)).spans:
            pass

    await asyncio.gather(*(copy() for _ in range(3)))
    assert await rollups_of_an_hour(database) == [(1, 30, 0), (2, 30, 0)]
    assert await rows(database, "SELECT * FROM changed") == []


async def test_two_that_lock_each_other_out_try_again(database: Database) -> None:
    """A deadlock is the database's way to say: later. It is no fault of the readings, either."""
    await observe(database, "street-A", [3], start=NOON, every=MINUTE)

    async def locked_out(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
        raise psycopg.errors.DeadlockDetected

    with pytest.raises(DatabaseUnavailable):
        await take_turn(database, CLOCK, locked_out)
    assert (await take_turn(database, CLOCK, judge)).spans == 1
