"""Lanes: enough messages, or long enough, and one batch at a time."""

import asyncio
from collections.abc import Sequence

import pytest

from floodcore.testing.five_streets import NOON
from floodcore.wire import topics
from ingest import batching
from ingest.batching import MOST_MESSAGES, MOST_READINGS, QUIET_FROM, WINDOW, Lane
from ingest.decode import Decoded, decode
from ingest.message import Message


def messages(count: int, records: int = 1) -> list[Decoded]:
    payload = b"[" + b",".join([b'{"n":"level","v":1}'] * records) + b"]"
    message = Message(topic=topics.telemetry("gauge-A"), payload=payload, content_type=None, received_at=NOON)
    return [decode(message)] * count


class Settled:
    """Remembers how many messages each batch had; holds a batch while it is told to."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.changed, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def __call__(self, batch: Sequence[Decoded], _since: float) -> None:
        self.batches.append(len(batch))
        self.changed.set()
        await self.go_on.wait()

    async def until(self, count: int) -> list[int]:
        async with asyncio.timeout(10):
            while sum(self.batches) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.batches


@pytest.mark.parametrize(
    ("count", "records", "full"),
    [
        pytest.param(MOST_MESSAGES - 1, 1, False, id="one message short"),
        pytest.param(MOST_MESSAGES, 1, True, id="enough messages"),
        pytest.param(1, MOST_READINGS // 2, False, id="readings short"),
        pytest.param(2, MOST_READINGS // 2, True, id="enough readings"),
    ],
)
async def test_when_a_batch_is_full(count: int, records: int, full: bool) -> None:
    lane = Lane(Settled())
    lane.put(messages(count, records))
    assert lane.is_full is full


async def test_a_full_batch_goes_at_once_and_the_rest_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "FLUSH_AFTER_S", 3600.0)
    monkeypatch.setattr(batching, "QUIET_S", 3600.0)
    settled = Settled()
    lane = Lane(settled)
    task = asyncio.create_task(lane.run())
    lane.put(messages(2 * MOST_MESSAGES + 7))
    assert await settled.until(2 * MOST_MESSAGES) == [MOST_MESSAGES] * 2, "seven wait for more"
    monkeypatch.setattr(batching, "FLUSH_AFTER_S", 0.0)
    lane.put(messages(MOST_MESSAGES - 7))
    lane.put(messages(3))
    assert await settled.until(3 * MOST_MESSAGES + 3) == [*[MOST_MESSAGES] * 3, 3], "nothing waits for ever"
    task.cancel()


async def test_a_batch_goes_when_nothing_more_comes_and_a_lull_hurries_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that sends ten at once may wait for ten acknowledgements; with fewer there is no such doubt."""
    monkeypatch.setattr(batching, "FLUSH_AFTER_S", 3600.0)
    few, enough = Settled(), Settled()
    lanes = Lane(few), Lane(enough)
    tasks = [asyncio.create_task(lane.run()) for lane in lanes]
    lanes[0].put(messages(QUIET_FROM - 1))
    lanes[1].put(messages(QUIET_FROM))
    assert await enough.until(QUIET_FROM) == [QUIET_FROM]
    assert few.batches == [], "the same lull has passed over it"
    for task in tasks:
        task.cancel()


async def test_while_a_batch_is_settled_no_more_is_taken_than_the_window_holds() -> None:
    settled = Settled()
    settled.go_on.clear()
    lane = Lane(settled)
    task = asyncio.create_task(lane.run())
    lane.put(messages(MOST_MESSAGES))
    await settled.until(MOST_MESSAGES)
    lane.put(messages(WINDOW))
    waiting = asyncio.create_task(lane.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    settled.go_on.set()
    await waiting
    assert sum(await settled.until(MOST_MESSAGES + WINDOW)) == MOST_MESSAGES + WINDOW
    task.cancel()
