"""`python -m simulators.world`: a city in a storm, live: its gauges speak MQTT, and people change it by its door.

Broker and account come from ONEMAP_MQTT__URL, the clock from ONEMAP_CLOCK__*. It is ready when its water is wet. It
ends when the storm is over and all is sent, or on SIGTERM.
"""

import asyncio
import contextlib
import logging
import socket
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from functools import partial
from pathlib import Path

from floodcore.clock import Clock
from floodcore.errors import SettingsError
from floodcore.service import run, say_ready
from floodcore.serving import serve
from floodcore.settings import Settings
from floodcore.waiting import until
from simulators.accounts import read_token
from simulators.chance import SEED
from simulators.fleet import Fleet
from simulators.instruments.bank import Bank
from simulators.instruments.packing import messages
from simulators.instruments.rates import RATES
from simulators.scene import Scene, scene
from simulators.source import Growing
from simulators.world.door import Rooms, door
from simulators.world.hydraulics import hydraulics
from simulators.world.world import World

log = logging.getLogger(__name__)


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Let the storm pass over the city that the arguments name."""
    clock = settings.clock.clock()
    played = scene(city=given.city, model=given.model, storm=given.storm, seed=given.seed, gauges=given.gauges)
    with contextlib.closing(_listener(given.door)) as listener, hydraulics(played.city) as water:
        world = World(played.city, played.storm, water, start=played.wet_from)
        await asyncio.to_thread(_make_wet, world, played.start)
        bank = Bank.of_city(played.city, played.start, given.seed, given.faults)
        rooms, source = Rooms(world, bank), Growing()
        fleet = Fleet(source, clock, given.counts)
        app = door(rooms, read_token(given.token))
        say_ready(settings)
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(app, listener, stopping), name="door")
            group.create_task(_pass(rooms, source, fleet, clock, stopping, played), name="time")
            await fleet.play(settings.mqtt_url(), [gauge.device_id for gauge in played.city.gauges], stopping)
            stopping.set()


def _make_wet(world: World, until_when: datetime) -> None:
    while world.at < until_when:
        world.step()


async def _pass(
    rooms: Rooms, source: Growing, fleet: Fleet, clock: Clock, stopping: asyncio.Event, played: Scene
) -> None:
    """A minute is worked out as it begins, so that each gauge speaks at its own second; a late world does not wait."""
    while rooms.world.at < played.end and not stopping.is_set():
        minute = await rooms.pass_minute()
        source.add(messages(rooms.bank.observe(minute)))
        fleet.look()
        await until(clock, minute.at, stopping)
        rooms.minute = minute
    if rooms.world.at >= played.end:  # before, the engine's balance is not final
        log.info("the storm is over; error of the water's balance %.2f %%", rooms.balance_pct)
    source.end()
    fleet.look()


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise SettingsError(
            f"The simulator cannot listen on port {port} of this machine ({error.strerror}); name another by --door."
        ) from error


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    parser = ArgumentParser(prog="python -m simulators.world", description=__doc__.partition("\n")[0])
    parser.add_argument("--city", default="city", help="a constructed one")
    parser.add_argument("--model", type=Path, help="an input file for EPA SWMM 5 that is the city instead")
    parser.add_argument("--storm", help="a name of the catalogue")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same storm")
    parser.add_argument("--gauges", type=int, help="how many there are to be; more hang in manholes")
    parser.add_argument("--faults", choices=RATES, default="typical", help="how badly the gauges behave")
    parser.add_argument("--counts", type=Path, help="a JSON file that is kept up to date")
    parser.add_argument("--door", type=int, required=True, metavar="PORT", help="where it listens on this machine")
    parser.add_argument("--token", type=Path, required=True, metavar="FILE", help="holds what opens the door")
    return parser.parse_args(words)


if __name__ == "__main__":
    run("world", partial(main, arguments(sys.argv[1:])))
