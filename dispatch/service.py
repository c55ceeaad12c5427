"""The service: one leader looks at the readings and plans, at every hint and at least once a second."""

import asyncio
import logging
import time

from dispatch.condition import condition
from dispatch.lookout import Lookout
from dispatch.planner import Planner
from dispatch.running import until
from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import Database
from floodcore.store.leader import Leadership, leadership
from floodcore.wire.announcement import Kind

log = logging.getLogger(__name__)

NAME = "dispatch"
POLL_S = 1.0  # real seconds; a hint that was lost costs no more than this
HINTS = (Kind.READINGS, Kind.SITES, Kind.ORDERS, Kind.TEAMS)


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end.

    Raises:
        DatabaseUnavailable: The database, and with it the lead, is gone; the supervisor starts us again.
    """
    await until(stopping, _lead_and_work(settings), NAME)


async def _lead_and_work(settings: Settings) -> None:
    url, clock = settings.database_url(), settings.clock.clock()
    async with (
        Database(url, size=2, name=NAME) as database,
        Bus(settings.mqtt_url(), NAME, HINTS) as bus,
    ):
        if not await database.is_reachable():
            raise DatabaseUnavailable("The database is away; waiting for it before looking at anything.")
        say_ready(settings)  # leading or standing by: both are what a copy is for
        async with leadership(url, NAME) as lead:
            log.info("leading")
            planner = Planner(database, clock, settings.dispatch.auto_confirm_level)
            await _look_and_plan(lead, Lookout(database, clock), planner, database, bus)


async def _look_and_plan(lead: Leadership, lookout: Lookout, planner: Planner, database: Database, bus: Bus) -> None:
    await lookout.remember()
    report_at = 0.0
    while True:
        await lead.check()
        is_due = time.monotonic() >= report_at
        is_behind = await _turn(lookout, planner, bus, looks_back=is_due)
        if is_due:
            await _report(database, lookout, planner, bus)
            report_at = time.monotonic() + health.REPORT_EVERY_S
        if not is_behind:
            await bus.hint(POLL_S)


async def _turn(lookout: Lookout, planner: Planner, bus: Bus, *, looks_back: bool) -> bool:
    incidents, is_behind = await lookout.look(broker_is_there=bus.is_connected)
    if looks_back and not is_behind:
        incidents |= await lookout.look_back() | await lookout.reconsider()
    if incidents:
        bus.announce(Kind.INCIDENTS, [str(incident_id) for incident_id in sorted(incidents)])
    orders = await planner.plan()
    if orders:
        bus.announce(Kind.ORDERS, [str(order_id) for order_id in sorted(orders)])
        bus.announce(Kind.TEAMS, sorted(set(orders.values())))
    return is_behind


async def _report(database: Database, lookout: Lookout, planner: Planner, bus: Bus) -> None:
    agenda = planner.agenda
    async with database.connection() as connection:
        await health.report(
            connection,
            condition(
                open_incidents=agenda.open_incidents,
                waiting=agenda.waiting,
                unmet=[call.site for call in agenda.unmet],
                is_listening=lookout.is_listening,
            ),
        )
    bus.announce(Kind.HEALTH)
