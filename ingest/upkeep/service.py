"""The service: judge and sum up what has changed, at every hint and at least once a second.

Beside that it archives what is old and looks back at the nights.

It outlives the database: what is noted waits there, and nothing is held here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health, rollups
from floodcore.store.database import Database, fetch_one
from floodcore.wire.announcement import Kind
from ingest.quality.judging import judge
from ingest.upkeep import retention
from ingest.upkeep.nightly import look_each_morning
from ingest.upkeep.pulse import Pulse
from ingest.upkeep.turn import SQL, recall, take_turn

log = logging.getLogger(__name__)
T = TypeVar("T")

NAME = "upkeep"
POLL_S = 1.0  # real seconds; a hint that was lost costs no more than this
RETRY_FIRST_S, RETRY_MOST_S = 0.2, 10.0  # real seconds, doubling; guessed: a database that restarts is back in seconds
REFRESH_EVERY_S = 60.0  # continuous aggregates; what comes late is in them a minute later


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end; while the database is away, wait for it."""
    clock, pulse = settings.clock.clock(), Pulse()
    async with (
        Database(settings.database_url(), size=4, name=NAME) as database,
        Bus(settings.mqtt_url(), NAME, (Kind.READINGS,)) as bus,
        asyncio.TaskGroup() as tasks,
    ):
        parts = [
            tasks.create_task(_keep_up(settings, database, bus, clock, pulse), name="keep up"),
            tasks.create_task(_refresh(database, clock), name="refresh"),
            tasks.create_task(retention.keep_within(settings, database, clock, pulse), name="retention"),
            tasks.create_task(look_each_morning(settings, database, clock), name="nights"),
            tasks.create_task(_report(database, bus, pulse), name="report"),
        ]
        await stopping.wait()
        for part in parts:  # what is under way is rolled back, and stays on the list
            part.cancel()


async def _keep_up(settings: Settings, database: Database, bus: Bus, clock: Clock, pulse: Pulse) -> None:
    await _at_last(lambda: recall(database))
    say_ready(settings)
    while True:
        turn = await _at_last(lambda: take_turn(database, clock, judge))
        pulse.spans += turn.spans
        if turn.news:
            bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in turn.news])
        if not turn.spans:
            await bus.hint(POLL_S)


async def _refresh(database: Database, clock: Clock) -> None:
    while True:
        await _at_last(lambda: rollups.refresh(database, clock.now() - rollups.OPEN))
        await asyncio.sleep(REFRESH_EVERY_S)


async def _report(database: Database, bus: Bus, pulse: Pulse) -> None:
    while True:
        try:
            async with database.connection() as connection:
                counts = await fetch_one(connection, SQL["counts"])
                assert counts, "counting always gives a row"
                await health.report(connection, pulse.beat(counts))
        except DatabaseUnavailable as error:
            log.debug("no health report: %s", error)
        bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S)


async def _at_last(work: Callable[[], Awaitable[T]]) -> T:
    """Do a piece of work, however long the database is away: said once when it goes and once when it is back."""
    pause_s, is_away = RETRY_FIRST_S, False
    while True:
        try:
            done = await work()
        except DatabaseUnavailable as error:
            if not is_away:
                log.warning("%s", error)
            is_away = True
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, RETRY_MOST_S)
        else:
            if is_away:
                log.info("the database is back")
            return done
