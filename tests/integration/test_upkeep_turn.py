"""A turn of upkeep judges and sums up all that is noted, or leaves it on the list."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from floodcore.domain.upkeep import Span
from floodcore.errors import DatabaseUnavailable
from floodcore.store import changed
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import SetClock, furnish, observe
from ingest.quality.judging import judge
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
    assert turn == Turn(sensor_ids=(1, 2), spans=2)
    assert await rows(database, "SELECT DISTINCT quality, judged_at FROM reading") == [(1, CLOCK.now())]
    assert await rollups_of_an_hour(database) == [(1, 3, 0), (2, 3, 0)]
    assert await take_turn(database, CLOCK, judge) == Turn()


async def test_a_person_who_says_that_readings_are_bad_takes_them_out_of_the_rollups(database: Database) -> None:
    await observe(database, "street-A", [3, 80, 4], start=NOON, every=MINUTE)
    await take_turn(database, CLOCK, judge)
    at = NOON + MINUTE
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, author, reason, made_at)"
            " VALUES (1, %(at)s, %(at)s, 'bad', 'officer', 'a bus stood on it', %(now)s)",
            {"at": at, "now": CLOCK.now()},
        )
        await changed.note(connection, [Span(sensor_id=1, earliest=at, latest=at)])
    await take_turn(database, CLOCK, judge)
    assert await rollups_of_an_hour(database) == [(1, 2, 1)]
    assert await rows(database, "SELECT highest FROM rollup WHERE every_min = 60") == [(0.04,)]


class Poisoned(Exception):
    """What a check makes of readings that nobody thought of."""


async def judge_all_but_b(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
    """The real judge, but for the readings of B."""
    judged = await judge(connection, spans, now)
    if any(span.sensor_id == 2 for span in spans):
        raise Poisoned("street B\nin a second line")
    return judged


async def test_readings_that_cannot_be_judged_stop_nobody_and_are_listed_until_they_can(database: Database) -> None:
    for street in ("street-A", "street-B", "street-C", "street-D"):
        await observe(database, street, [3, 3, 4], start=NOON, every=MINUTE)
    turn = await take_turn(database, CLOCK, judge_all_but_b)
    assert (turn.sensor_ids, turn.spans) == ((1, 3, 4), 4)
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
    async def judge_with_a_mistake(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
        if any(span.sensor_id == 2 for span in spans):
            await connection.execute("SELECT 1 / 0")
        return await judge(connection, spans, now)

    for street in ("street-A", "street-B"):
        await observe(database, street, [3], start=NOON, every=MINUTE)
    assert (await take_turn(database, CLOCK, judge_with_a_mistake)).sensor_ids == (1,)
    assert await rows(database, "SELECT error FROM unjudgeable") == [("division by zero",)]


async def test_killed_in_the_middle_everything_is_still_on_the_list(database: Database) -> None:
    await observe(database, "street-A", [3, 3, 4], start=NOON, every=MINUTE)

    async def killed(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
        await judge(connection, spans, now)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await take_turn(database, CLOCK, killed)
    assert await rollups_of_an_hour(database) == []
    assert await rows(database, "SELECT DISTINCT quality FROM reading") == [(0,)]
    assert (await take_turn(database, CLOCK, judge)).sensor_ids == (1,)


async def test_a_database_that_breaks_off_is_no_fault_of_the_readings(database: Database) -> None:
    await observe(database, "street-A", [3], start=NOON, every=MINUTE)

    async def broken_off(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("the connection is gone")

    with pytest.raises(DatabaseUnavailable):
        await take_turn(database, CLOCK, broken_off)
    assert await rows(database, "SELECT * FROM unjudgeable") == []
    assert (await take_turn(database, CLOCK, judge)).sensor_ids == (1,)


async def test_a_year_is_done_in_pieces_behind_what_is_new(database: Database) -> None:
    async with database.connection() as connection:
        await changed.note(connection, [Span(sensor_id=1, earliest=NOON - 30 * DAY, latest=NOON - DAY)])
    await observe(database, "street-A", [3] * 30, start=NOON - 30 * DAY, every=DAY)
    seen: list[list[Span]] = []

    async def watched(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
        seen.append(list(spans))
        return await judge(connection, spans, now)

    while (await take_turn(database, CLOCK, watched)).spans:
        pass
    assert max(span.latest - span.earliest for spans in seen for span in spans) == 7 * DAY
    assert len(await rows(database, "SELECT 1 FROM rollup WHERE every_min = 60")) == 30
    assert await rows(database, "SELECT DISTINCT quality FROM reading") == [(1,)]


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

    async def locked_out(connection: Connection, spans: Sequence[Span], now: datetime) -> list[Span]:
        raise psycopg.errors.DeadlockDetected

    with pytest.raises(DatabaseUnavailable):
        await take_turn(database, CLOCK, locked_out)
    assert (await take_turn(database, CLOCK, judge)).sensor_ids == (1,)
