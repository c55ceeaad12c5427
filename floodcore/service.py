"""How every service starts, says that it is ready, and ends."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable

from floodcore.errors import OneMapError
from floodcore.settings import Settings, load_settings, unknown_names

log = logging.getLogger(__name__)
Main = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run(name: str, main: Main) -> None:
    """Run a service until SIGTERM or SIGINT sets its event. An error ends the process; the supervisor starts it again.

    Args:
        name: For the log.
        main: Is given the settings and the event that asks it to end.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=f"%(asctime)s {name} %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes every URL
    for variable in unknown_names():
        log.warning("%s is set and no setting has this name; is it misspelt?", variable)
    try:
        asyncio.run(_run(main, load_settings()))
    except OneMapError as error:
        log.error("%s", error)
        sys.exit(1)


def say_ready(settings: Settings) -> None:
    """Tell the supervisor that the service does its work now."""
    if settings.ready_file:
        settings.ready_file.touch()


async def _run(main: Main, settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await main(settings, stopping)
