"""`python -m simulators.fleet PACK`: plays an event pack as a fleet of devices over MQTT, on the room's clock.

It speaks MQTT only: broker and account come from ONEMAP_MQTT__URL, the clock from ONEMAP_CLOCK__*. It ends when all is
played and acknowledged, or on SIGTERM.
"""

import asyncio
import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from floodcore.clock import Clock
from floodcore.packs.read import read_pack
from floodcore.service import run, say_ready
from floodcore.settings import Settings
from simulators.gateway import NO_SUBSCRIBERS, Gateway
from simulators.outbox import Outbox
from simulators.packs import find_pack
from simulators.schedule import messages
from simulators.source import Scheduled, Source

COUNT_EVERY_S = 0.5  # real; how old the counts file may be
LONGEST_WAIT_S = 1.0  # real; an outbox that waits to send again looks as often


class Fleet:
    """Sends what is due as long as the broker takes it; what it does not take waits in the source."""

    def __init__(self, source: Source, clock: Clock, counts_file: Path | None) -> None:
        self._source, self._clock, self._counts_file = source, clock, counts_file
        self._outbox = Outbox()
        self._counted_at = 0.0
        self._gateway: Gateway | None = None

    def look(self) -> None:
        """The source has more than it had: look now instead of when the wait is over."""
        if self._gateway:
            self._gateway.stir()

    async def play(self, url: str, device_ids: list[str], stopping: asyncio.Event) -> None:
        """Play all of it, or until asked to stop.

        Raises:
            SettingsError: The broker refuses the account.
        """
        async with Gateway(url, device_ids, self._on_break, self._on_ack) as gateway:
            self._gateway = gateway
            self._count()
            while not stopping.is_set() and not self._is_over:
                self._send(gateway)
                await gateway.stirred(self._wait_s(gateway))
                if time.monotonic() - self._counted_at > COUNT_EVERY_S:
                    self._count()
        self._outbox.counts.finished = self._is_over
        self._count()

    @property
    def _is_over(self) -> bool:
        return self._source.is_over and self._outbox.is_empty

    def _send(self, gateway: Gateway) -> None:
        now = self._clock.now()
        while gateway.is_connected and self._outbox.has_room:
            parcel = self._outbox.next(time.monotonic())
            if parcel:
                self._outbox.sent(gateway.publish(parcel.message.topic, parcel.message.payload), parcel)
            elif message := self._source.take(now):
                self._outbox.put(message)
            else:
                break

    def _wait_s(self, gateway: Gateway) -> float:
        due = self._source.next_due
        if due is None or not self._outbox.has_room or not gateway.is_connected:
            return LONGEST_WAIT_S
        return min(max(self._clock.seconds_until(due), 0.0), self._clock.sure_s, LONGEST_WAIT_S)

    def _on_break(self) -> None:
        self._outbox.broke(time.monotonic())

    def _on_ack(self, packet_id: int, code: int) -> None:
        if code == NO_SUBSCRIBERS or code >= 0x80:  # nobody listens now, or the broker has no room
            self._outbox.nobody_listened(packet_id, time.monotonic())
        else:
            self._outbox.arrived(packet_id, time.monotonic())

    def _count(self) -> None:
        self._counted_at = time.monotonic()
        if self._counts_file:
            part = self._counts_file.with_name(f"{self._counts_file.name}.part")
            part.write_bytes(msgspec.json.encode(asdict(self._outbox.counts)))
            part.rename(self._counts_file)


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    parser = ArgumentParser(prog="python -m simulators.fleet", description=__doc__.partition("\n")[0])
    parser.add_argument("pack", help="a pack's folder, or the name of one that comes along")
    parser.add_argument("--from", dest="start", type=datetime.fromisoformat, help="ISO 8601 with offset")
    parser.add_argument("--to", dest="end", type=datetime.fromisoformat, help="ISO 8601 with offset; included")
    parser.add_argument("--counts", type=Path, help="a JSON file that is kept up to date")
    given = parser.parse_args(words)
    for moment in (given.start, given.end):
        if moment is not None and moment.tzinfo is None:
            parser.error(f"{moment} needs its offset, such as Z or +08:00")
    return given


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Play the pack that the arguments name."""
    pack = read_pack(find_pack(given.pack))
    device_of = {station.station_id: station.device_id for station in pack.stations}
    schedule = messages(pack.between(given.start, given.end), device_of)
    fleet = Fleet(Scheduled(schedule), settings.clock.clock(), given.counts)
    say_ready(settings)
    await fleet.play(settings.mqtt_url(), list(device_of.values()), stopping)


if __name__ == "__main__":
    run("fleet", partial(main, arguments(sys.argv[1:])))
