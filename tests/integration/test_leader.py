"""One leader among the copies of a service."""

import asyncio

import psycopg
import pytest

from floodcore.errors import DatabaseUnavailable
from floodcore.store.leader import leadership


async def test_the_second_copy_waits_until_the_first_is_gone(database_url: str) -> None:
    order: list[str] = []
    release = asyncio.Event()

    async def lead(name: str, until: asyncio.Event) -> None:
        async with leadership(database_url, "forecast"):
            order.append(name)
            leading.set()
            await until.wait()
            order.append(f"{name} ends")

    leading, at_once = asyncio.Event(), asyncio.Event()
    at_once.set()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(lead("first", release))
        await leading.wait()
        group.create_task(lead("second", at_once))
        release.set()
    assert order == ["first", "first ends", "second", "second ends"]


async def test_a_leader_cut_off_from_the_database_learns_that_it_leads_no_more(database_url: str) -> None:
    async with leadership(database_url, "dispatch") as lead:
        await lead.check()
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'dispatch lead' AND datname = current_database()"
            )
        with pytest.raises(DatabaseUnavailable, match="lead is lost"):
            await lead.check()
