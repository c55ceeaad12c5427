"""Announcements over a real broker."""

import asyncio
from typing import Any

from floodcore.bus import Bus
from floodcore.wire.announcement import Announcement, Kind


async def test_a_listener_hears_the_kinds_it_asked_for(broker: Any) -> None:
    async with Bus(broker.url(), "speaker") as speaker, Bus(broker.url(), "listener", [Kind.ORDERS]) as listener:
        heard: list[Announcement] = []
        async with asyncio.timeout(10):
            while not heard:  # the subscription is on its way: a hint may be lost, so it is given again
                speaker.announce(Kind.TEAMS, ["T1"])
                speaker.announce(Kind.ORDERS, ["4"])
                heard = await listener.hint(0.1)
        assert set(heard) == {Announcement(kind=Kind.ORDERS, ids=("4",))}


async def test_without_a_broker_nobody_waits() -> None:
    async with Bus("mqtt://127.0.0.1:1", "alone", [Kind.ORDERS]) as bus:
        bus.announce(Kind.ORDERS, ["4"])
        assert await bus.hint(0.05) == []
        assert not bus.is_connected
