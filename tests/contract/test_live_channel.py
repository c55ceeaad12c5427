"""The live channel as docs/reference/live.md promises it, over a real socket, broker and database."""

import asyncio

import pytest
import websockets

from dashboard_api.testing.five import rain
from dashboard_api.testing.served import Served
from floodcore.testing.five_streets import NOON


async def test_a_client_is_greeted_and_given_all_ten_topics(room: Served) -> None:
    async with room.live("officer") as live:
        hello, snapshot = await live.next(), await live.next()
    print(hello, snapshot)
    assert hello["type"] == "hello"
