"""Where a fleet's messages come from: all known beforehand, or made as the world goes on."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Protocol

from simulators.schedule import Message


class Source(Protocol):
    """Messages in the order in which they are due."""

    @property
    def is_over(self) -> bool:
        """Whether none will come any more."""
        ...

    @property
    def next_due(self) -> datetime | None:
        """When the next one that is known is due."""
        ...

    def take(self, now: datetime) -> Message | None:
        """The next message, if it is due."""
        ...


class Scheduled:
    """Messages that are known beforehand, in the order of time."""

    def __init__(self, schedule: Iterator[Message]) -> None:
        self._schedule = schedule
        self._upcoming = next(schedule, None)

    @property
    def is_over(self) -> bool:
        """Whether all have been taken."""
        return self._upcoming is None

    @property
    def next_due(self) -> datetime | None:
        """When the next one is due."""
        return self._upcoming.due if self._upcoming else None

    def take(self, now: datetime) -> Message | None:
        """The next message, if it is due."""
        message = self._upcoming
        if message is None or message.due > now:
            return None
        self._upcoming = next(self._schedule, None)
        return message


class Growing:
    """Messages that come in while others are sent; `end` says that no more will."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Message]] = []
        self._number = count()
        self._is_ended = False

    @property
    def is_over(self) -> bool:
        """Whether no more will come, and all have been taken."""
        return self._is_ended and not self._heap

    @property
    def next_due(self) -> datetime | None:
        """When the first of those that came in is due."""
        return self._heap[0][0] if self._heap else None

    def add(self, messages: Iterable[Message]) -> None:
        """Take in more, in any order."""
        for message in messages:
            heapq.heappush(self._heap, (message.due, next(self._number), message))

    def end(self) -> None:
        """No more will come."""
        self._is_ended = True

    def take(self, now: datetime) -> Message | None:
        """The next message, if it is due."""
        return heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None
