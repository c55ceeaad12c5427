"""The journal: append-only, and in the order of commits."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from floodcore.store import journal
from floodcore.store.database import Database
from floodcore.store.journal import Entry, journalled
from floodcore.testing.five_streets import NOON


def entry(number: int) -> Entry:
    at = NOON + timedelta(minutes=number)
    return Entry(
        kind="order.confirmed",
        entity="order",
        entity_id=str(number),
        before=None,
        after={"at": at},
        actor="test",
        at=at,
    )


async def test_a_change_that_fails_leaves_no_entry(database_url: str) -> None:
    async with Database(database_url) as database:
        with pytest.raises(ZeroDivisionError):
            async with journalled(database) as connection:
                await journal.write(connection, entry(1))
                _ = 1 / 0
        async with database.connection() as connection:
            assert await journal.since(connection, 0) == []


async def test_a_reader_that_follows_seq_misses_nothing_while_many_write(database_url: str) -> None:
    async with Database(database_url, size=6) as database:
        seen: list[int] = []

        async def write(number: int) -> None:
            async with journalled(database) as connection:
                await journal.write(connection, entry(number))

        async def follow() -> None:
            while len(seen) < 60:
                async with database.connection() as connection:
                    seen.extend(row["seq"] for row in await journal.since(connection, seen[-1] if seen else 0))

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(follow())
            for number in range(60):
                group.create_task(write(number))
        async with database.connection() as connection:
            assert seen == [row["seq"] for row in await journal.since(connection, 0)]


@pytest.mark.parametrize("change", ["UPDATE journal SET actor = 'nobody'", "DELETE FROM journal", "TRUNCATE journal"])
async def test_what_is_written_stays(database_url: str, change: str) -> None:
    async with Database(database_url) as database:
        async with journalled(database) as connection:
            await journal.write(connection, entry(1))
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            async with database.connection() as connection:
                await connection.execute(change.encode())
