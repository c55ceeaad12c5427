"""The service: one process, one event loop, any number of copies beside each other."""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard_api.app import create_app
from dashboard_api.context import Context
from dashboard_api.edge import idempotency
from dashboard_api.follow.follower import Follower
from dashboard_api.follow.teller import tell
from dashboard_api.layers import MapLayers
from dashboard_api.live.hub import Hub
from dashboard_api.metrics import Metrics, Reported
from dashboard_api.pages import Pages
from dashboard_api.sessions import Sessions
from floodcore import serving
from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable, OneMapError
from floodcore.settings import Settings
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind

log = logging.getLogger(__name__)
NAME = "dashboard_api"
EPOCH_BYTES = 8
SWEEP_EVERY_S = 3600.0
MOST_WORDS = 16 * 1024  # bytes of a client's message on the live channel, where it has nothing to say yet


class PortTaken(OneMapError):
    """Something else listens where the API should."""


async def main(settings: Settings, stopping: asyncio.Event) -> None:
    """Run until asked to end.

    Raises:
        PortTaken: The port is in use.
    """
    with contextlib.closing(listening_socket(settings)) as listener:
        async with running(settings) as context:
            await serve(context, listener, stopping)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Context]:
    """The service's parts, with the room followed and told beside; without a socket."""
    clock, hub = settings.clock.clock(), Hub(secrets.token_hex(EPOCH_BYTES))
    url = settings.database_url()
    async with (
        Database(url, size=1, name=f"{NAME} live") as live_database,  # so that no list keeps the wall waiting
        Database(url, size=6, name=NAME) as database,
        Bus(settings.mqtt_url(), NAME, tuple(Kind)) as bus,
    ):
        follower = Follower(live_database, bus, clock, hub)
        context = Context(
            settings=settings,
            clock=clock,
            database=database,
            bus=bus,
            hub=hub,
            follower=follower,
            sessions=Sessions(database),
            pages=Pages(),
            layers=MapLayers(settings.map),
            metrics=Metrics(Reported(hub, follower, clock)),
        )
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(follower.listen(), name="hear the bus"),
                group.create_task(follower.follow(), name="follow the database"),
                group.create_task(tell(hub, follower, clock, context.metrics), name="tell the clients"),
                group.create_task(_sweep(context), name="forget what is over"),
            ]
            yield context
            for task in tasks:
                task.cancel()


async def serve(context: Context, listener: socket.socket, stopping: asyncio.Event) -> None:
    """Answer until asked to end."""
    await serving.serve(
        create_app(context),
        listener,
        stopping,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # compressing the same frame for each client costs 17 times the CPU
        ws_max_size=MOST_WORDS,
    )


def listening_socket(settings: Settings) -> socket.socket:
    """A socket where the API listens.

    Raises:
        PortTaken: The port is in use, or the address is not this machine's.
    """
    host, port = settings.http.host, settings.http.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise PortTaken(
            f"The API cannot listen on {host}, port {port} ({error.strerror}); "
            "stop what listens there, or set ONEMAP_HTTP__HOST and ONEMAP_HTTP__PORT."
        ) from error


async def _sweep(context: Context) -> None:
    while True:
        with contextlib.suppress(DatabaseUnavailable):  # the next time will do
            await context.sessions.sweep()
            await idempotency.sweep(context.database)
        await asyncio.sleep(SWEEP_EVERY_S)
