"""What the commands of simulated people have in common: their words, looking, and waiting by the room's clock."""

import asyncio
import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from floodcore.clock import Clock
from floodcore.service import say_ready
from floodcore.settings import Settings
from simulators.accounts import read_accounts, read_token
from simulators.chance import SEED
from simulators.field_api import ApiAway, FieldApi
from simulators.people.places import Known, places
from simulators.people.reporter import Reporter
from simulators.people.world_door import DoorAway, Seen, WorldDoor

log = logging.getLogger(__name__)
LOOK_AT_MOST_S, LOOK_AT_LEAST_S = 0.5, 5.0  # real seconds between two looks, whatever the room's clock says


class Callers(Protocol):
    """People who see the water, and have the room told."""

    def look(self, seen: Seen, known: dict[str, Known], now: datetime) -> None:
        """Look at the water once."""
        ...


def parser_of(module: str, says: str, *, needs_world: bool = False) -> ArgumentParser:
    """The words that all of them know. Those of the world may be given as it got them; not everybody needs them all."""
    parser = ArgumentParser(prog=f"python -m {module}", description=says)
    parser.add_argument("--api", required=True, metavar="URL", help="the API's address, such as http://127.0.0.1:8000/")
    parser.add_argument("--accounts", required=True, type=Path, metavar="FILE", help="JSON, mode 0600")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same people")
    parser.add_argument("--world", required=needs_world, metavar="URL", help="the door of the simulated world")
    parser.add_argument(
        "--world-token", required=needs_world, type=Path, metavar="FILE", help="holds what opens the door"
    )
    parser.add_argument("--city", help="the constructed city, on whose roads crews drive")
    parser.add_argument("--model", type=Path, help="the network that is the city instead; it has no roads")
    parser.add_argument("--storm", help="taken and not needed: people see the water that there is")
    return parser


async def watch(
    given: Namespace,
    settings: Settings,
    stopping: asyncio.Event,
    callers: Callable[[Reporter, int], Callers],
    every: timedelta,
) -> None:
    """Let callers look at the water, and tell what they say, until asked to stop.

    An API or a world that is away is asked again.

    Args:
        given: The words of the command line.
        settings: The service's.
        stopping: Asks it to end.
        callers: Makes them, of who tells the room and a seed.
        every: Between two looks, by the room's clock.
    """
    clock, account = settings.clock.clock(), read_accounts(given.accounts)[0]
    token = read_token(given.world_token)
    async with FieldApi(given.api, account.user, account.password) as api, WorldDoor(given.world, token) as door:
        reporter, known = Reporter(api), dict[str, Known]()
        looking = callers(reporter, given.seed)
        say_ready(settings)
        while not stopping.is_set():
            try:
                known = known or await places(api)
                looking.look(await door.water(), known, clock.now())
                await reporter.tell()
            except (ApiAway, DoorAway) as error:
                log.warning("%s", error)
            await pause(clock, every, stopping)


async def pause(clock: Clock, every: timedelta, stopping: asyncio.Event, least_s: float = LOOK_AT_MOST_S) -> None:
    """Wait so long by the room's clock, and in real seconds neither too short nor too long; less when asked to stop."""
    seconds = min(max(clock.real_seconds(every), least_s), max(LOOK_AT_LEAST_S, least_s))
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
