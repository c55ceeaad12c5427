"""Tells the clients: at most every 250 ms, at least every 5 s, whatever the database does."""

import asyncio
import contextlib

from dashboard_api.follow.follower import Follower
from dashboard_api.live.hub import Hub
from dashboard_api.live.messages import ClockReading
from dashboard_api.metrics import Metrics
from floodcore.clock import Clock

TICK_S = 0.25
HEARTBEAT_S = 4.0  # docs/reference/live.md promises 5


async def tell(hub: Hub, follower: Follower, clock: Clock, metrics: Metrics) -> None:
    """Tick, until cancelled."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await follower.news.wait()
        follower.news.clear()
        with metrics.encode_s.time():
            behind = hub.tick(ClockReading(now=clock.now(), speed=clock.speed))
        metrics.frames.inc()
        metrics.fell_behind.inc(behind)
        await asyncio.sleep(TICK_S)
