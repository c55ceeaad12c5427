"""What the commands of simulated people have in common: their words, and waiting by the room's clock."""

import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from floodcore.clock import Clock

SEED = 20210720
LOOK_AT_MOST_S, LOOK_AT_LEAST_S = 0.5, 5.0  # real seconds between two looks, whatever the room's clock says


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


async def pause(clock: Clock, every: timedelta, stopping: asyncio.Event, least_s: float = LOOK_AT_MOST_S) -> None:
    """Wait so long by the room's clock, and in real seconds neither too short nor too long; less when asked to stop."""
    seconds = min(max(clock.real_seconds(every), least_s), max(LOOK_AT_LEAST_S, least_s))
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
