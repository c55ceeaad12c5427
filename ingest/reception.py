"""From the broker to the database or the spool; acknowledged once it is safe in either. The order is the promise.

Killed before that, the broker sends all of it again. Killed between the commit and the acknowledgement, it sends again
what is stored already, and storing it again changes nothing. An announcement that is lost is found by a poll.

News is stored at once. What a device has saved up goes into the spool, so that a backlog of hours, or a database that
crawls, holds up no news; while the database is away, news goes there too. When the spool takes no more, nothing is
acknowledged until there is room, and the broker's own queue grows instead of our memory.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.wire.announcement import Kind
from ingest.batching import Lane
from ingest.decode import Decoded, decode
from ingest.lanes import ON_ITS_WAY_S, apart
from ingest.memory import Memory
from ingest.pulse import Pulse
from ingest.spool import Spool, SpoolFull
from ingest.subscription import Subscription

log = logging.getLogger(__name__)

# Real seconds, doubling. After an outage of ten minutes the room was blind for the last pause, too: five seconds of it
# put a twentieth of the next minute's live readings behind the two that they may take.
RETRY_FIRST_S, RETRY_MOST_S = 0.2, 1.0


class Reception:
    """Takes in what the broker has; used by running `run` for as long as the service runs."""

    def __init__(
        self,
        subscription: Subscription,
        memory: Memory,
        spool: Spool,
        bus: Bus,
        pulse: Pulse,
        *,
        clock: Clock,
        oldest: timedelta,
    ) -> None:
        self._subscription, self._memory, self._spool = subscription, memory, spool
        self._bus, self._pulse, self._clock, self._oldest = bus, pulse, clock, oldest
        self._news, self._rest = Lane(self._take_news), Lane(self._take_rest)

    @property
    def is_busy(self) -> bool:
        """Whether more is there than one batch takes: whoever has time should leave us the machine."""
        return self._news.is_full or self._rest.is_full

    async def run(self) -> None:
        """For ever: read, store the news, put by the rest; none of the three waits for another."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._news.run(), name="news")
            tasks.create_task(self._rest.run(), name="rest")
            while True:
                await self._news.room()
                await self._rest.room()
                read = [decode(message, self._oldest) for message in await self._subscription.messages()]
                self._pulse.arrived(read)
                news, rest = apart(read, self._clock.passed_in(ON_ITS_WAY_S))
                self._news.put(news)
                self._rest.put(rest)

    async def _take_news(self, news: Sequence[Decoded], since: float) -> None:
        if self._memory.is_away or not await self._is_stored(news, since):
            await self._put_by(news, since, is_live=True)

    async def _is_stored(self, messages: Sequence[Decoded], since: float) -> bool:
        """Store, acknowledge and announce; whether the database took it."""
        try:
            outcome = await self._memory.store(messages)
        except DatabaseUnavailable:
            return False
        self._pulse.stored_at_once(messages, timedelta(seconds=time.monotonic() - since))
        self._subscription.acknowledge(one.message for one in messages)
        if outcome.sensor_ids:
            self._bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in outcome.sensor_ids])
        return True

    async def _take_rest(self, rest: Sequence[Decoded], since: float) -> None:
        await self._put_by(rest, since, is_live=False)

    async def _put_by(self, messages: Sequence[Decoded], since: float, *, is_live: bool) -> None:
        """Into the spool or, where that takes no more, the database, however long until either does.

        What is held here is not acknowledged, so no more comes.
        """
        pause_s = RETRY_FIRST_S
        while True:
            try:
                known = await asyncio.to_thread(self._spool.put, messages, is_live=is_live)
            except SpoolFull as error:
                log.warning("%s %d messages are held.", error, len(messages))
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, RETRY_MOST_S)
                if await self._is_stored(messages, since):
                    return
                continue
            self._pulse.put_by(messages, known)
            self._subscription.acknowledge(one.message for one in messages)
            return
