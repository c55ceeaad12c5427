"""Tells the clients: at most every 250 ms, at least every 5 s, whatever the database does."""

import asyncio
import contextlib
from math import inf

from dashboard_api.follow.follower import Follower
from dashboard_api.live.hub import Hub
from dashboard_api.live.messages import ClockReading
from dashboard_api.metrics import Metrics
from floodcore.clock import Clock

TICK_S = 0.25
HEARTBEAT_S = 4.0  # docs/reference/live.md promises 5


async def tell(hub: Hub, follower: Follower, clock: Clock, metrics: Metrics) -> None:
    """Tick, until cancelled."""
    speed = clock.speed
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await _news(follower.news, clock, speed)
        follower.news.clear()
        speed = clock.speed
        with metrics.encode_s.time():
            behind = hub.tick(ClockReading(now=clock.now(), speed=speed))
        metrics.frames.inc()
        metrics.fell_behind.inc(behind)
        await asyncio.sleep(TICK_S)


async def _news(news: asyncio.Event, clock: Clock, speed: float) -> None:
    """Until something is to be told: what the hub knows, or that the clock runs at another speed than was told."""
    while clock.speed == speed and not news.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if clock.sure_s == inf else clock.sure_s):
                await news.wait()
