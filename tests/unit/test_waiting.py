"""Waiting by the room's clock."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

import pytest

from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import SetClock
from floodcore.waiting import until

MINUTE = timedelta(minutes=1)


@dataclass
class Steered(SetClock):
    """Each time somebody asks how long it takes, a stretch of the story has passed; the last one ends at the moment."""

    shows: list[timedelta] = field(default_factory=list)
    takes_s: list[float] = field(default_factory=list)
    asked: int = 0

    def seconds_until(self, moment: datetime) -> float:  # noqa: ARG002  # the story knows it
        self.time = NOON + self.shows[self.asked]
        self.asked += 1
        return self.takes_s[self.asked - 1]


async def test_a_moment_that_is_past_is_not_waited_for() -> None:
    await asyncio.wait_for(until(SetClock(time=NOON, speed=0.001), NOON), 1)


async def test_who_waits_asks_again_and_goes_on_when_the_clock_does() -> None:
    clock = Steered(sure_s=0.001, shows=[0 * MINUTE, 0 * MINUTE, MINUTE, 5 * MINUTE], takes_s=[60, inf, inf, 0.001])
    await asyncio.wait_for(until(clock, NOON + 5 * MINUTE), 1)
    assert clock.asked == 4, "a minute, a pause, and a pace at which it was there at once"


async def test_a_wait_ends_when_asked_to_stop() -> None:
    stopping = asyncio.Event()
    waiting = asyncio.create_task(until(SetClock(), NOON + 60 * MINUTE, stopping))
    stopping.set()
    await asyncio.wait_for(waiting, 1)


async def test_a_wait_ends_after_the_most_that_it_may_take() -> None:
    await asyncio.wait_for(until(SetClock(), NOON + 60 * MINUTE, most_s=0.01), 1)


async def test_a_wait_that_is_cancelled_is_no_wait_that_has_ended() -> None:
    waiting = asyncio.create_task(until(SetClock(), NOON + 60 * MINUTE, most_s=60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
