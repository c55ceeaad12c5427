"""The service: listen, store, confirm, announce. A station hears "received" after the commit, and not before.

Killed before the commit, nothing was confirmed and the station sends again. Killed between commit and confirmation, it
sends again what is stored already, and storing it again changes nothing.
"""

import asyncio
import logging

from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable, OneMapError, SettingsError
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind
from ingest.sl651.intake import Intake
from ingest.sl651.pulse import Pulse
from ingest.sl651.server import Server

log = logging.getLogger(__name__)


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end.

    Raises:
        OneMapError: It cannot listen, or a part has failed for good; the supervisor starts us again.
    """
    host, port = settings.ingest.sl651_host, settings.ingest.sl651_port
    if port is None:
        raise SettingsError(
            "ONEMAP_INGEST__SL651_PORT is not set, so there is no port for SL 651 stations; set it, or run without "
            "this gateway."
        )
    clock, pulse = settings.clock.clock(), Pulse()
    failure: OneMapError | None = None
    async with (
        Database(settings.database_url(), size=2, name="sl651") as database,
        Bus(settings.mqtt_url(), "sl651-bus") as bus,
    ):
        intake = Intake(database, bus, clock, settings.ingest.oldest, pulse)
        try:
            async with Server(host, port, intake, clock, pulse), asyncio.TaskGroup() as tasks:
                parts = [
                    tasks.create_task(intake.run(), name="take in"),
                    tasks.create_task(_report(database, bus, pulse), name="report"),
                    tasks.create_task(_get_ready(settings, database), name="get ready"),
                ]
                await stopping.wait()
                for part in parts:  # what is under way is not confirmed, so the stations keep it
                    part.cancel()
        except* OneMapError as errors:
            failure = errors.exceptions[0] if isinstance(errors.exceptions[0], OneMapError) else None
    if failure:
        raise failure


async def _report(database: Database, bus: Bus, pulse: Pulse) -> None:
    while True:
        try:
            async with database.connection() as connection:
                await health.report(connection, pulse.beat())
        except DatabaseUnavailable as error:
            log.info("no health report: %s", error)
        bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S)


async def _get_ready(settings: Settings, database: Database) -> None:
    while not await database.is_reachable():
        log.info("waiting for the database")
    say_ready(settings)
