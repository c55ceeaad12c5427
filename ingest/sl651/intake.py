"""From many connections into the memory: what arrives together is stored in one transaction, then confirmed.

At the full hour hundreds of stations report within seconds. Each waits for its confirmation, and none for the others'.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind
from ingest.batching import FLUSH_AFTER_S, MOST_MESSAGES, MOST_READINGS
from ingest.decode import Decoded, decode
from ingest.memory import PATIENCE_S
from ingest.message import Message
from ingest.sl651.pulse import Pulse
from ingest.storing import Outcome, store

log = logging.getLogger(__name__)

# While the database is away these are held, and connections wait to add to them. Most are 100 bytes; a message of many
# packets has up to 64 kB.
MOST_WAITING = 1000
# Stations wait, and a relay sends its next bytes only once those before are stored: where nothing more comes there is
# nothing to wait for. Fifty transactions a second, the most that this allows, take 3 ms each.
QUIET_S = 0.02
# Damage is for people to look at, some time. It never stands before many reports, however much of it there is.
MOST_DAMAGED = 100
RETRY_FIRST_S, RETRY_MOST_S = 0.2, 5.0  # real seconds, doubling; guessed, as in the service beside


@dataclass(kw_only=True, eq=False)
class Arrival:
    """A message, and the word that it is stored: `stored` is set after the commit, and not before."""

    message: Message
    stored: asyncio.Event = field(default_factory=asyncio.Event)


class Intake:
    """The way from the connections to the memory."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, oldest: timedelta, pulse: Pulse) -> None:
        self._database, self._bus, self._clock, self._oldest, self._pulse = database, bus, clock, oldest, pulse
        self._waiting: asyncio.Queue[Arrival] = asyncio.Queue(MOST_WAITING)

    async def put(self, message: Message) -> asyncio.Event:
        """Hand a message in, once there is room for it; the event is set when it is stored.

        It is stored also where nobody waits for that any more: a station that sends without asking for confirmation
        does not send it again.
        """
        arrival = Arrival(message=message)
        await self._waiting.put(arrival)
        return arrival.stored

    def keep(self, message: Message) -> None:
        """Hand in what was damaged, for the quarantine; where much waits already it is only counted."""
        if self._waiting.qsize() < MOST_DAMAGED:
            self._waiting.put_nowait(Arrival(message=message))
        else:
            self._pulse.unkept += 1

    async def run(self) -> None:
        """Collect, store, confirm, announce, for ever."""
        while True:
            batch = await self._collect()
            outcome = await self._store_at_last([decoded for _, decoded in batch])
            for arrival, _ in batch:
                arrival.stored.set()
            if outcome.sensor_ids:
                self._bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in outcome.sensor_ids])

    async def _collect(self) -> list[tuple[Arrival, Decoded]]:
        batch = [self._read(await self._waiting.get())]
        readings = len(batch[0][1].readings)
        now = asyncio.get_running_loop().time
        flush_at = now() + FLUSH_AFTER_S
        with contextlib.suppress(TimeoutError):
            while len(batch) < MOST_MESSAGES and readings < MOST_READINGS:
                async with asyncio.timeout_at(min(flush_at, now() + QUIET_S)):
                    batch.append(self._read(await self._waiting.get()))
                readings += len(batch[-1][1].readings)
        return batch

    def _read(self, arrival: Arrival) -> tuple[Arrival, Decoded]:
        return arrival, decode(arrival.message, self._oldest)

    async def _store_at_last(self, batch: Sequence[Decoded]) -> Outcome:
        pause_s = RETRY_FIRST_S
        while True:
            try:
                outcome = await self._store(batch)
            except DatabaseUnavailable as error:
                self._pulse.held = len(batch) + self._waiting.qsize()
                log.warning("%s %d messages are held.", error, self._pulse.held)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, RETRY_MOST_S)
            else:
                self._pulse.held = 0
                self._pulse.readings += sum(len(one.readings) for one in batch)
                return outcome

    async def _store(self, batch: Sequence[Decoded]) -> Outcome:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await store(self._database, batch, self._clock)
        except TimeoutError as error:
            raise DatabaseUnavailable(f"The database has not answered for {PATIENCE_S:g} s.") from error
