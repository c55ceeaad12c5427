"""The service: what it is made of, and how it ends."""

import asyncio
import logging

from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable, OneMapError
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind
from ingest.draining import drain
from ingest.memory import Memory
from ingest.pulse import Link, Pulse
from ingest.reception import Reception
from ingest.spool import Spool
from ingest.subscription import Subscription

log = logging.getLogger(__name__)


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end.

    Raises:
        OneMapError: A part has failed for good; the supervisor starts us again.
    """
    url, clock, own = settings.mqtt_url(), settings.clock.clock(), settings.ingest
    failure: OneMapError | None = None
    with Spool(settings.spool_file(), own.spool_mb * 1_000_000) as spool:
        async with (
            Database(settings.database_url(), size=3, name="ingest") as database,
            Bus(url, "ingest-bus") as bus,
            Subscription(url, own, clock) as subscription,
        ):
            pulse = Pulse(instance=own.instance)
            pulse.took_over(spool.waiting.records)
            memory = Memory(database, clock, pulse, own.oldest)
            reception = Reception(subscription, memory, spool, bus, pulse, clock=clock, oldest=own.oldest)
            try:
                async with asyncio.TaskGroup() as tasks:
                    parts = [
                        tasks.create_task(reception.run(), name="reception"),
                        tasks.create_task(drain(spool, memory, reception, bus, pulse, oldest=own.oldest), name="drain"),
                        tasks.create_task(_report(database, bus, subscription, memory, spool, pulse), name="report"),
                        tasks.create_task(subscription.run(), name="connection"),
                        tasks.create_task(_get_ready(settings, database, subscription), name="get ready"),
                    ]
                    await stopping.wait()
                    for part in parts:  # what is under way is not acknowledged, so the broker keeps it
                        part.cancel()
            except* OneMapError as errors:
                failure = errors.exceptions[0] if isinstance(errors.exceptions[0], OneMapError) else None
    if failure:
        raise failure


async def _report(
    database: Database, bus: Bus, subscription: Subscription, memory: Memory, spool: Spool, pulse: Pulse
) -> None:
    while True:
        link = Link(is_connected=subscription.is_connected, dropped=subscription.dropped)
        said = pulse.beat(link, spool.waiting, is_away=memory.is_away)
        try:
            async with database.connection() as connection:
                await health.report(connection, said)
        except DatabaseUnavailable as error:
            log.info("no health report: %s", error)
        bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S)


async def _get_ready(settings: Settings, database: Database, subscription: Subscription) -> None:
    await subscription.subscribed()
    while not await database.is_reachable():
        log.info("waiting for the database")
    say_ready(settings)
