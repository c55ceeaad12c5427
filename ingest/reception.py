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
from floodcore.errors import DatabaseUnavailable
from floodcore.wire.announcement import Kind
from ingest.batching import FLUSH_AFTER_S, Batch
from ingest.decode import Decoded, decode
from ingest.lanes import apart
from ingest.memory import Memory
from ingest.message import Message
from ingest.pulse import Pulse
from ingest.spool import Spool, SpoolFull
from ingest.subscription import Subscription

log = logging.getLogger(__name__)

RETRY_FIRST_S, RETRY_MOST_S = 0.2, 5.0  # real seconds, doubling; guessed: the broker keeps what we do not take


class Reception:
    """Takes in what the broker has.

    Attributes:
        is_busy: Whether more was there than one batch takes: whoever has time should leave us the machine.
    """

    def __init__(
        self,
        subscription: Subscription,
        memory: Memory,
        spool: Spool,
        bus: Bus,
        pulse: Pulse,
        *,
        speed: float,
        oldest: timedelta,
    ) -> None:
        self._subscription, self._memory, self._spool = subscription, memory, spool
        self._bus, self._pulse, self._speed, self._oldest = bus, pulse, speed, oldest
        self.is_busy = False

    async def run(self) -> None:
        """For ever; while one batch is being settled the next is read."""
        async with asyncio.TaskGroup() as tasks:
            settling: asyncio.Task[None] | None = None
            while True:
                batch = await self._collect()
                self.is_busy = batch.is_full
                if settling:
                    await settling
                settling = tasks.create_task(self._settle(batch.messages), name="settle")

    async def _settle(self, messages: Sequence[Decoded]) -> None:
        began = time.monotonic()
        news, rest = apart(messages, self._speed)
        async with asyncio.TaskGroup() as tasks:  # neither waits for the other
            tasks.create_task(self._take_news(news, began), name="news")
            tasks.create_task(self._take_rest(rest), name="rest")

    async def _collect(self) -> Batch:
        batch = Batch()
        while not batch.messages:
            batch.add(self._read(await self._subscription.messages()))
        now = asyncio.get_running_loop().time
        flush_at = now() + FLUSH_AFTER_S
        while not batch.is_full and (left := flush_at - now()) > 0:
            batch.add(self._read(await self._subscription.messages(left)))
        return batch

    def _read(self, messages: Sequence[Message]) -> list[Decoded]:
        read = [decode(message, self._oldest) for message in messages]
        self._pulse.arrived(read)
        return read

    async def _take_news(self, news: Sequence[Decoded], began: float) -> None:
        if not news:
            return
        if self._memory.is_away:
            await self._put_by(news, is_live=True)
            return
        try:
            outcome = await self._memory.store(news)
        except DatabaseUnavailable:
            await self._put_by(news, is_live=True)
            return
        self._pulse.left_hand(news, timedelta(seconds=time.monotonic() - began + FLUSH_AFTER_S))
        self._subscription.acknowledge(one.message for one in news)
        if outcome.sensor_ids:
            self._bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in outcome.sensor_ids])

    async def _take_rest(self, rest: Sequence[Decoded]) -> None:
        if rest:
            await self._put_by(rest, is_live=False)

    async def _put_by(self, messages: Sequence[Decoded], *, is_live: bool) -> None:
        """Into the spool, however long that takes: what is held here is not acknowledged, so no more comes."""
        pause_s = RETRY_FIRST_S
        while True:
            try:
                known = await asyncio.to_thread(self._spool.put, messages, is_live=is_live)
            except SpoolFull as error:
                log.warning("%s %d messages are held.", error, len(messages))
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, RETRY_MOST_S)
                continue
            self._pulse.counts.duplicate += known
            self._pulse.left_hand(messages)
            self._subscription.acknowledge(one.message for one in messages)
            return
