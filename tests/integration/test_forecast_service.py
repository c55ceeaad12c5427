"""The service against a real database and broker, in a storm at many times its pace."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from floodcore.bus import Bus
from floodcore.domain.forecast import DAMPED_TREND, ISSUE_EVERY, LEADS, PERSISTENCE, ForecastRun
from floodcore.settings import Settings, load_settings
from floodcore.store import forecasts, health
from floodcore.store.database import Database, fetch_all
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import SetClock, furnish, observe
from floodcore.wire.announcement import Announcement, Kind
from forecast import service
from forecast.issuing import Issuer
from forecast.pulse import Pulse
from forecast.schedule import newest_due
from forecast.service import main

SPEED = 600  # five minutes in half a second


@pytest.fixture
def settings(database_url: str, broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {
        "DATABASE__URL": database_url,
        "MQTT__URL": broker.url(),
        "READY_FILE": str(tmp_path / "ready"),
        "CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "CLOCK__START": (NOON + timedelta(minutes=1)).isoformat(),
        "CLOCK__SPEED": str(SPEED),
    }.items():
        monkeypatch.setenv(f"ONEMAP_{name}", value)
    return load_settings()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    work = asyncio.create_task(main(settings, stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(work, 10)


async def issued(database: Database) -> list[tuple[datetime, str]]:
    async with database.connection() as connection:
        rows = await fetch_all(connection, "SELECT issue_time, produced_by FROM forecast_run ORDER BY run_id")
    return [(row["issue_time"], row["produced_by"]) for row in rows]


async def wait_for_runs(database: Database, wall: Bus, n: int) -> list[Announcement]:
    """Until so many runs are stored, looking again at every announcement; what was announced."""
    heard: list[Announcement] = []
    async with asyncio.timeout(20):
        while len(await issued(database)) < n:
            heard += await wall.hint(0.2)
    return heard


async def test_runs_are_issued_on_the_five_minutes_stored_and_announced(settings: Settings) -> None:
    async with (
        Database(settings.database_url()) as database,
        Bus(settings.mqtt_url(), "wall", [Kind.FORECASTS]) as wall,
    ):
        await furnish(database)
        await observe(database, "street-A", [2, 5, 9, 14], start=NOON - timedelta(minutes=15), every=ISSUE_EVERY)
        async with running(settings):
            heard = await wait_for_runs(database, wall, 8)
            assert settings.ready_file
            assert settings.ready_file.exists()
        runs = await issued(database)
        assert {name for _, name in runs} == {PERSISTENCE, DAMPED_TREND}
        assert all(at == newest_due(at) and at >= NOON for at, _ in runs)
        assert len(set(runs)) == len(runs)
        assert Announcement(kind=Kind.FORECASTS, ids=("street-A",)) in heard
        async with database.connection() as connection:
            values = await fetch_all(connection, "SELECT * FROM forecast_value WHERE issue_time = %s", (runs[0][0],))
        assert {row["site_id"] for row in values} == {"street-A"}
        assert len(values) == 2 * len(LEADS)
        assert set(values[0]["crossing"]) == {"1", "2", "3", "4"}


async def test_after_an_outage_only_the_newest_is_issued_and_the_others_are_counted(settings: Settings) -> None:
    async with (
        Database(settings.database_url()) as database,
        Bus(settings.mqtt_url(), "wall", [Kind.HEALTH, Kind.FORECASTS]) as wall,
    ):
        half_an_hour_ago = ForecastRun(issue_time=NOON - timedelta(minutes=30), produced_by=DAMPED_TREND, values=())
        async with database.connection() as connection:
            await forecasts.save_run(connection, half_an_hour_ago, NOON)
        async with running(settings), asyncio.timeout(20):
            figures: dict[str, float] = {}
            while not figures.get("skipped"):  # it says how it goes at once, and then every five seconds
                await wall.hint(1)
                async with database.connection() as connection:
                    figures = next(
                        (row["figures"] for row in await health.reports(connection) if row["component"] == "forecast"),
                        {},
                    )
        assert set(figures) == {"runs", "sites", "seconds", "skipped"}
        assert figures["skipped"] >= 5
        first_after = (await issued(database))[1][0]
        assert first_after >= NOON


async def test_two_copies_and_a_restart_issue_every_run_once(settings: Settings) -> None:
    async with (
        Database(settings.database_url()) as database,
        Bus(settings.mqtt_url(), "wall", [Kind.FORECASTS]) as wall,
    ):
        await furnish(database)
        for _ in range(2):
            seen = len(await issued(database))
            async with running(settings), running(settings):
                await wait_for_runs(database, wall, seen + 4)
        runs = await issued(database)
        assert len(set(runs)) == len(runs)


async def test_a_leader_that_lost_the_database_goes_on_when_it_is_back(settings: Settings) -> None:
    async with (
        Database(settings.database_url()) as database,
        Bus(settings.mqtt_url(), "wall", [Kind.FORECASTS]) as wall,
        running(settings),
    ):
        await wait_for_runs(database, wall, 2)
        with psycopg.connect(settings.database_url(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE 'forecast%' AND datname = current_database()"
            )
        await wait_for_runs(database, wall, len(await issued(database)) + 2)


async def test_without_a_database_it_waits_and_still_ends_when_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE__URL", "postgresql://nobody@127.0.0.1:1/none")
    said = asyncio.Event()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "waiting for it before taking the lead" in record.getMessage():
                said.set()

    log = logging.getLogger("heard by this test alone")
    log.addHandler(Listener())
    monkeypatch.setattr(service, "log", log)
    async with running(load_settings()):
        await asyncio.wait_for(said.wait(), 20)
    assert settings.ready_file
    assert not settings.ready_file.exists()


async def test_a_new_leader_says_what_the_old_one_would_have_said(database_url: str) -> None:
    hour = [NOON + number * ISSUE_EVERY for number in range(13)]
    async with Database(database_url) as database, Bus("mqtt://127.0.0.1:1", "nobody listens") as bus:
        await furnish(database)
        for street, depths in (("street-A", [2, 5, 9, 14, 20, 26, 31]), ("street-B", [8, 8, 9, 9, 8, 8, 7])):
            await observe(database, street, [*depths, *reversed(depths)], start=NOON, every=ISSUE_EVERY)
        clock = SetClock()

        async def say(times: list[datetime]) -> list[dict[str, Any]]:
            issuer = Issuer(database, bus, clock, Pulse())
            for clock.time in times:
                await issuer.issue(clock.time)
            async with database.connection() as connection:
                said = await fetch_all(
                    connection,
                    "SELECT produced_by, site_id, valid_time, q05, q50, q95, crossing FROM forecast_value "
                    "JOIN forecast_run USING (run_id, issue_time) WHERE issue_time = %s ORDER BY 1, 2, 3",
                    (times[-1],),
                )
                await connection.execute("DELETE FROM forecast_value")
                await connection.execute("DELETE FROM forecast_run")
            return said

        ran_through = await say(hour)
        started_anew = await say(hour[-1:])
        assert len(ran_through) == 2 * 2 * 4
        assert started_anew == ran_through
