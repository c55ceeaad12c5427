"""Incidents, orders and teams in a real database: each change once, with its entry, in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from floodcore.domain.incident import IncidentKind
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderReason, Step
from floodcore.domain.site import Place
from floodcore.domain.team import TeamState
from floodcore.errors import Conflict, NotFound
from floodcore.store import incidents, journal, orders, register, teams
from floodcore.store.database import Connection, Database, fetch_all, fetch_one
from floodcore.store.journal import journalled
from floodcore.testing.five_streets import NOON, STREETS, T1, T2

REASON = OrderReason(zh="一队距B街 1.0 公里", en="Team 1 is 1.0 km from B Street", distance_m=1000.0, travel_s=200.0)
MINUTE = timedelta(minutes=1)
B = "street-B"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Five streets and both teams, dry."""
    async with Database(database_url) as database:
        async with journalled(database) as connection:
            for site in STREETS:
                await register.put_site(connection, site)
            for team in (T1, T2):
                await teams.put_team(connection, team, actor="test", now=NOON)
        yield database


async def open_blue(connection: Connection, site_id: str = B) -> dict[str, Any]:
    return await incidents.open_incident(
        connection,
        site_id=site_id,
        kind=IncidentKind.WATER,
        level=Level.BLUE,
        depth_m=0.2,
        at=NOON,
        actor="test",
        now=NOON,
    )


async def propose(connection: Connection, incident_id: int, team_id: str = "T1") -> dict[str, Any]:
    return await orders.propose(
        connection,
        incident_id=incident_id,
        site_id=B,
        team_id=team_id,
        level=Level.BLUE,
        reason=REASON,
        actor="service:dispatch",
        now=NOON,
    )


async def kinds(database: Database) -> list[str]:
    async with database.connection() as connection:
        return [entry["kind"] for entry in await journal.since(connection, 0) if entry["entity"] != "team"]


async def test_an_order_runs_its_course_and_the_journal_tells_it(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
    steps = (Step.CONFIRM, Step.SEND, Step.ACKNOWLEDGE, Step.DEPART, Step.ARRIVE, Step.FINISH)
    for minute, step in enumerate(steps, start=1):
        async with journalled(database) as connection:
            row = await orders.take_step(
                connection, order_id, step, actor="officer", now=NOON + minute * MINUTE, version=minute
            )
    columns = ("confirmed_at", "sent_at", "acknowledged_at", "en_route_at", "on_scene_at", "done_at")
    assert [row[column] for column in columns] == [NOON + minute * MINUTE for minute in range(1, 7)]
    assert (row["version"], row["confirmed_by"], row["ended_at"]) == (7, "officer", None)
    states = ("proposed", "confirmed", "sent", "acknowledged", "en_route", "on_scene", "done")
    assert await kinds(database) == ["incident.opened", *(f"order.{state}" for state in states)]


async def test_a_step_taken_twice_changes_nothing_and_is_not_told_twice(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
        first = await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON, version=1)
        again = await orders.take_step(connection, order_id, Step.CONFIRM, actor="other", now=NOON + MINUTE, version=1)
    assert again == first
    assert await kinds(database) == ["incident.opened", "order.proposed", "order.confirmed"]


async def test_who_decided_on_an_old_version_is_asked_to_look_again(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
        await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON)
    with pytest.raises(Conflict, match="is at version 2 and confirmed, no longer at version 1; reload"):
        async with journalled(database) as connection:
            await orders.take_step(connection, order_id, Step.RECALL, actor="other", now=NOON, version=1)
    with pytest.raises(NotFound, match="no order 99"):
        async with journalled(database) as connection:
            await orders.take_step(connection, 99, Step.RECALL, actor="other", now=NOON)


async def test_what_a_crew_says_beside_a_step_is_in_the_journal(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
        await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON)
        await orders.take_step(
            connection, order_id, Step.DECLINE, actor="crew", now=NOON, details={"note": "车坏了", "lon": 113.65}
        )
        told = (await journal.since(connection, 0))[-1]
    assert (told["kind"], told["before"]["state"]) == ("order.declined", "confirmed")
    assert told["after"]["details"] == {"note": "车坏了", "lon": 113.65}


async def test_an_order_and_its_alert_commit_together_or_not_at_all(database: Database) -> None:
    jobs = "SELECT queue_name, task_name, lock, args, status::text FROM procrastinate_jobs"
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
    with pytest.raises(ZeroDivisionError):
        async with journalled(database) as connection:
            await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON)
            _ = 1 / 0
    async with database.connection() as connection:
        assert (await orders.order(connection, order_id))["state"] == "proposed"
        assert await fetch_all(connection, jobs) == []
    async with journalled(database) as connection:
        row = await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON)
    assert row["alert"] == "queued"
    async with database.connection() as connection:
        assert await fetch_all(connection, jobs) == [
            {
                "queue_name": "alerts",
                "task_name": "push_order",
                "lock": f"order-{order_id}",
                "args": {"order_id": order_id},
                "status": "todo",
            }
        ]


@pytest.mark.parametrize("busy", ["team", "incident"])
async def test_neither_a_team_nor_an_incident_has_two_orders_at_a_time(database: Database, busy: str) -> None:
    async with journalled(database) as connection:
        first, other = await open_blue(connection), await open_blue(connection, "street-C")
        await propose(connection, first["incident_id"], "T1")
        with pytest.raises(Conflict, match="has an active order"):
            await propose(connection, *{"team": (other["incident_id"], "T1"), "incident": (1, "T2")}[busy])
        assert await fetch_one(connection, "SELECT count(*) AS n FROM dispatch_order") == {"n": 1}


async def test_two_people_press_at_once_and_one_change_results(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]

    async def press(actor: str) -> int:
        async with journalled(database) as connection:
            row = await orders.take_step(connection, order_id, Step.CONFIRM, actor=actor, now=NOON)
            return int(row["version"])

    assert await asyncio.gather(press("officer"), press("commander"), press("admin")) == [2, 2, 2]
    assert (await kinds(database)).count("order.confirmed") == 1


async def test_an_incident_is_opened_once_and_told_in_order(database: Database) -> None:
    async with journalled(database) as connection:
        number = (await open_blue(connection))["incident_id"]
        assert (await open_blue(connection))["incident_id"] == number
        change = {"depth_m": 0.3, "at": NOON + MINUTE, "actor": "test", "now": NOON + MINUTE}
        await incidents.set_level(connection, number, Level.YELLOW, **change)
        await incidents.set_level(connection, number, Level.YELLOW, **change)
        await incidents.set_level(connection, number, Level.NORMAL, **{**change, "depth_m": 0.1})
        row = await incidents.close_incident(connection, number, **{**change, "depth_m": 0.0})
        assert await incidents.close_incident(connection, number, **change) == row
        assert await incidents.open_incidents(connection) == []
    assert (row["peak_level"], row["peak_depth_m"], row["alarm"]) == (2, 0.3, "returned")
    assert await kinds(database) == [f"incident.{word}" for word in ("opened", "raised", "lowered", "closed")]


async def test_a_person_acknowledges_and_a_higher_level_calls_again(database: Database) -> None:
    async with journalled(database) as connection:
        number = (await open_blue(connection))["incident_id"]
        row = await incidents.acknowledge(connection, number, actor="officer", now=NOON)
        assert await incidents.acknowledge(connection, number, actor="other", now=NOON + MINUTE) == row
        assert (row["alarm"], row["acknowledged_by"]) == ("acknowledged", "officer")

        up = {"depth_m": 0.6, "at": NOON, "actor": "test", "now": NOON}
        row = await incidents.set_level(connection, number, Level.RED, **up)
        assert (row["alarm"], row["acknowledged_by"]) == ("new", None)
        await incidents.acknowledge(connection, number, actor="officer", now=NOON)
        await incidents.set_level(connection, number, Level.BLUE, **{**up, "depth_m": 0.2})
        row = await incidents.set_level(connection, number, Level.RED, **up)  # as bad as it has been seen to be
        assert row["alarm"] == "acknowledged"


async def test_an_alarm_that_returned_unseen_waits_for_a_person(database: Database) -> None:
    async with journalled(database) as connection:
        number = (await open_blue(connection))["incident_id"]
        await incidents.close_incident(connection, number, depth_m=0.0, at=NOON, actor="test", now=NOON)
        row = await incidents.acknowledge(connection, number, actor="officer", now=NOON)
        assert row["alarm"] == "closed"
        with pytest.raises(NotFound, match="no incident 99"):
            await incidents.acknowledge(connection, 99, actor="officer", now=NOON)


async def test_a_team_is_what_its_order_says(database: Database) -> None:
    async with journalled(database) as connection:
        order_id = (await propose(connection, (await open_blue(connection))["incident_id"]))["order_id"]
        await orders.take_step(connection, order_id, Step.CONFIRM, actor="officer", now=NOON)
        await orders.take_step(connection, order_id, Step.DEPART, actor="crew", now=NOON)
        first, second = await teams.teams(connection)
        await teams.put_team(connection, replace(T2, state=TeamState.OFF), actor="admin", now=NOON)
        off = (await teams.teams(connection))[1]
    assert first == replace(T1, state=TeamState.EN_ROUTE, order_id=order_id)
    assert second == T2
    assert off.state is TeamState.OFF


async def test_a_position_that_comes_late_never_moves_a_team_back(database: Database) -> None:
    here, there = Place(lon=113.66, lat=34.75), Place(lon=113.65, lat=34.75)
    async with database.connection() as connection:
        assert await teams.report_position(connection, "T1", here, NOON)
        assert not await teams.report_position(connection, "T1", there, NOON - MINUTE)
        with pytest.raises(NotFound, match="no team T9"):
            await teams.report_position(connection, "T9", here, NOON)
    async with journalled(database) as connection:
        await teams.put_team(
            connection, replace(T1, people=40), actor="admin", now=NOON
        )  # the register knows no better
        moved = (await teams.teams(connection))[0]
        written = await fetch_one(connection, "SELECT count(*) AS n FROM journal WHERE entity = 'team'")
    assert (moved.place, moved.position_at, moved.people) == (here, NOON, 40)
    assert written == {"n": 3}  # both were added, one was changed
