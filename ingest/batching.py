"""How much is settled together, and when: messages of a kind wait in a lane until there are enough, or long enough."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from ingest.decode import Decoded

# The broker sends no more than WINDOW messages of QoS 1 that we have not acknowledged; the rest waits in its own queue,
# on disk. QoS 0 knows no such bound: the inbox sets one. At 300 bytes a message this is 1.2 MB.
WINDOW = 4000
# A quarter of the window: while one batch of each kind is being settled, the broker sends the next.
MOST_MESSAGES = WINDOW // 4
MOST_WAITING = 100_000  # readings in a lane: at 300 bytes 30 MB, however large the packs are
MOST_READINGS = 10_000  # about 0.1 s in the database; beyond that waiting longer gains nothing
# From sensor to wall is 1 s at p95, of which the wall's own pace takes 250 ms. Storing each message alone would cost
# 3 ms of the database every time, a quarter of a core at 83 messages a second (5,000 devices a minute).
FLUSH_AFTER_S = 0.25  # real seconds, after the first message of a batch
# Nothing more may come until we acknowledge: brokers that nobody has told otherwise send 10 to 32 at once and wait.
# With fewer it is only a lull, and each batch costs everybody a look.
QUIET_FROM, QUIET_S = 10, 0.02  # messages; real seconds, after the last

Settle = Callable[[Sequence[Decoded], float], Awaitable[None]]  # a batch, and when its first message came


class Lane:
    """Messages that are settled in batches, one batch at a time, in the order of their arrival.

    Args:
        settle: What is done with a batch; it is also told when its first message came, in seconds of the machine's
            steady clock.
    """

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._waiting: deque[tuple[float, Decoded]] = deque()  # each beside when it came
        self._readings = 0
        self._something, self._enough, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()

    def put(self, messages: Iterable[Decoded]) -> None:
        """Take these in."""
        now = time.monotonic()
        for message in messages:
            self._waiting.append((now, message))
            self._readings += len(message.readings)
        self._mark()

    async def room(self) -> None:
        """Wait until fewer wait than the broker sends unacknowledged; what needs no acknowledgement is bounded, too."""
        await self._room.wait()

    @property
    def is_full(self) -> bool:
        """Whether a whole batch waits."""
        return len(self._waiting) >= MOST_MESSAGES or self._readings >= MOST_READINGS

    async def run(self) -> None:
        """Settle what comes, for ever."""
        while True:
            await self._something.wait()
            await self._gathered()
            since = self._waiting[0][0]
            await self._settle(self._take(), since)

    async def _gathered(self) -> None:
        """Wait for a full batch, a quiet moment or the end of patience."""
        since, before = self._waiting[0][0], 0
        left_s = since + FLUSH_AFTER_S - time.monotonic()
        while not self.is_full and left_s > 0 and not QUIET_FROM <= before == len(self._waiting):
            before = len(self._waiting)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), min(QUIET_S, left_s))
            left_s = since + FLUSH_AFTER_S - time.monotonic()

    def _take(self) -> list[Decoded]:
        batch: list[Decoded] = []
        readings = 0
        while self._waiting and len(batch) < MOST_MESSAGES and readings < MOST_READINGS:
            batch.append(self._waiting.popleft()[1])
            readings += len(batch[-1].readings)
        self._readings -= readings
        self._mark()
        return batch

    def _mark(self) -> None:
        for event, holds in (
            (self._something, bool(self._waiting)),
            (self._enough, self.is_full),
            (self._room, len(self._waiting) < WINDOW and self._readings < MOST_WAITING),
        ):
            if holds:
                event.set()
            else:
                event.clear()
