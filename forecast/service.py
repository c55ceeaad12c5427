"""The service: one leader issues a forecast every five minutes of the room's clock; the other copies stand by."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.domain.forecast import ISSUE_EVERY
from floodcore.errors import DatabaseUnavailable
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import Database
from floodcore.store.leader import Leadership, leadership
from floodcore.waiting import STEP_S, until
from floodcore.wire.announcement import Kind
from forecast import schedule
from forecast.issuing import Issuer
from forecast.pulse import Pulse

log = logging.getLogger(__name__)

NAME = "forecast"
# Real seconds after the issue time before the store is read. A reading's received_at is taken inside the transaction
# that stores it, so what was received by the issue time is committed by now, unless that one transaction took longer
# than this; 5,000 readings take about 50 ms. In a storm at many times its pace it may be no more than this share of the
# interval.
SETTLE_S, SETTLE_SHARE = 1.5, 0.2
LOOK_FOR_LEAD_S = 0.5  # a copy that has just come to lead says so at once
RETRY_FIRST_S, RETRY_MOST_S = 0.5, 10.0  # doubling; guessed: a database that restarts is back within seconds


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end; while the database is away, wait for it."""
    clock, pulse = settings.clock.clock(), Pulse()
    async with (
        Database(settings.database_url(), size=2, name=NAME) as database,
        Bus(settings.mqtt_url(), NAME) as bus,
        asyncio.TaskGroup() as tasks,
    ):
        issuer = partial(Issuer, database, bus, clock, pulse)
        parts = [
            tasks.create_task(_lead_again_and_again(settings, database, clock, pulse, issuer), name="lead"),
            tasks.create_task(_report(database, bus, clock, pulse), name="report"),
        ]
        await stopping.wait()
        for part in parts:
            part.cancel()


async def _lead_again_and_again(
    settings: Settings, database: Database, clock: Clock, pulse: Pulse, new_issuer: Callable[[], Issuer]
) -> None:
    pause_s = RETRY_FIRST_S
    while True:
        if await database.is_reachable():
            say_ready(settings)  # leading or standing by: both are what a copy is for
            pause_s = RETRY_FIRST_S
        try:
            async with leadership(settings.database_url(), NAME) as lead:
                log.info("leading")
                pulse.is_leading = True
                await _issue(lead, new_issuer(), clock, pulse)
        except DatabaseUnavailable as error:
            log.warning("%s", error)
        pulse.is_leading = False
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, RETRY_MOST_S)


async def _issue(lead: Leadership, issuer: Issuer, clock: Clock, pulse: Pulse) -> None:
    """Issue what is due, now and for ever; of several that are overdue only the newest."""
    last = await issuer.last_issued()
    while True:
        due = schedule.newest_due(clock.now() - clock.passed_in(_settle_s(clock)))
        if last is None or due > last:
            await lead.check()
            await issuer.issue(due)
            pulse.skipped += schedule.skipped(last, due)
            last = due
        await _settled(clock, last + ISSUE_EVERY)


async def _settled(clock: Clock, moment: datetime) -> None:
    """Until a moment is over, and what was received by then is committed."""
    await until(clock, moment)
    # Both change with the clock's speed, and no event tells of it.
    while (left_s := _settle_s(clock) + clock.seconds_until(moment)) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(max(left_s, STEP_S), clock.sure_s))


def _settle_s(clock: Clock) -> float:
    return min(SETTLE_S, SETTLE_SHARE * clock.real_seconds(ISSUE_EVERY))


async def _report(database: Database, bus: Bus, clock: Clock, pulse: Pulse) -> None:
    """Say how it goes; a copy that stands by says nothing, as it would speak over the one that leads."""
    while True:
        if pulse.is_leading:
            try:
                async with database.connection() as connection:
                    await health.report(connection, pulse.beat(clock.now()))
            except DatabaseUnavailable as error:
                log.info("no health report: %s", error)
            bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S if pulse.is_leading else LOOK_FOR_LEAD_S)
