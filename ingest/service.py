"""The service: collect, store, acknowledge, announce. The order is the promise.

Killed before the commit, the broker sends all of it again. Killed between commit and acknowledgement, it sends again
what is stored already, and storing it again changes nothing. An announcement that is lost is found by a poll.
"""

import asyncio
import logging
from collections.abc import Sequence

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable, OneMapError
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import Database
from floodcore.store.readings import totals
from floodcore.wire.announcement import Kind
from ingest.batching import FLUSH_AFTER_S, Batch
from ingest.decode import Decoded
from ingest.pulse import Pulse, component
from ingest.storing import Outcome, store
from ingest.subscription import Subscription

log = logging.getLogger(__name__)

RETRY_FIRST_S, RETRY_MOST_S = 0.2, 5.0  # real seconds, doubling; guessed: the broker keeps what we do not take
CHECK_EVERY_S = 1.0


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end.

    Raises:
        OneMapError: A part has failed for good; the supervisor starts us again.
    """
    url, clock = settings.mqtt_url(), settings.clock.clock()
    failure: OneMapError | None = None
    async with (
        Database(settings.database_url(), size=2, name="ingest") as database,
        Bus(url, "ingest-bus") as bus,
        Subscription(url, settings.ingest, clock) as subscription,
    ):
        pulse = Pulse(component=component(settings.ingest.instance))
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = [
                    tasks.create_task(_take_in(database, bus, subscription, clock, pulse), name="take in"),
                    tasks.create_task(_report(database, bus, subscription, pulse), name="report"),
                    tasks.create_task(_watch(subscription), name="watch"),
                    tasks.create_task(_get_ready(settings, database, subscription), name="get ready"),
                ]
                await stopping.wait()
                for part in parts:  # what is under way is not acknowledged, so the broker keeps it
                    part.cancel()
        except* OneMapError as errors:
            failure = errors.exceptions[0] if isinstance(errors.exceptions[0], OneMapError) else None
    if failure:
        raise failure


async def _take_in(database: Database, bus: Bus, subscription: Subscription, clock: Clock, pulse: Pulse) -> None:
    while True:
        batch = await _collect(subscription)
        outcome = await _store_at_last(database, batch.messages, clock, pulse)
        subscription.acknowledge(one.message for one in batch.messages)
        if outcome.sensor_ids:
            bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in outcome.sensor_ids])


async def _collect(subscription: Subscription) -> Batch:
    batch = Batch()
    while not batch.messages:
        batch.add(await subscription.messages())
    now = asyncio.get_running_loop().time
    flush_at = now() + FLUSH_AFTER_S
    while not batch.is_full and (left := flush_at - now()) > 0:
        batch.add(await subscription.messages(left))
    return batch


async def _store_at_last(database: Database, batch: Sequence[Decoded], clock: Clock, pulse: Pulse) -> Outcome:
    """Store a batch, however long the database is away: it is held, and the inbox takes no more than it has room."""
    pause_s = RETRY_FIRST_S
    while True:
        try:
            outcome = await store(database, batch, clock)
        except DatabaseUnavailable as error:
            log.warning("%s %d messages are held.", error, len(batch))
            pulse.held = len(batch)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, RETRY_MOST_S)
        else:
            pulse.held = 0
            pulse.readings += sum(len(one.readings) for one in batch)
            return outcome


async def _report(database: Database, bus: Bus, subscription: Subscription, pulse: Pulse) -> None:
    while True:
        try:
            async with database.connection() as connection:
                counted = {**await totals(connection), "dropped": subscription.dropped}
                await health.report(connection, pulse.beat(counted, is_connected=subscription.is_connected))
        except DatabaseUnavailable as error:
            log.info("no health report: %s", error)
        bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S)


async def _watch(subscription: Subscription) -> None:
    while True:
        subscription.check()
        await asyncio.sleep(CHECK_EVERY_S)


async def _get_ready(settings: Settings, database: Database, subscription: Subscription) -> None:
    await subscription.subscribed()
    while not await database.is_reachable():
        log.info("waiting for the database")
    say_ready(settings)
