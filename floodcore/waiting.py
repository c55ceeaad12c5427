"""Waiting by the room's clock, which may be steered meanwhile."""

import asyncio
from contextlib import suppress
from datetime import datetime
from math import inf

from floodcore.clock import Clock

STEP_S = 0.001  # timers and clocks differ by microseconds: who is told to wait on for less than this waits for this


async def until(clock: Clock, moment: datetime, stopping: asyncio.Event | None = None, *, most_s: float = inf) -> None:
    """Wait until the clock shows a moment, however often its pace is changed; less when asked to stop.

    Args:
        clock: The room's.
        moment: The room's time.
        stopping: Asks us to end.
        most_s: Real seconds after which the wait ends in any case.
    """
    stopping = stopping or asyncio.Event()
    with suppress(TimeoutError):
        async with asyncio.timeout(None if most_s == inf else most_s):
            while clock.now() < moment and not stopping.is_set():
                nap_s = max(min(clock.seconds_until(moment), clock.sure_s), STEP_S)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), None if nap_s == inf else nap_s)
