"""What waits for one client. It never grows beyond WAITING: who cannot keep up starts over with a fresh snapshot."""

from collections import deque
from collections.abc import Callable

WAITING = 20  # frames: five seconds of a busy room, far more than any hiccup of a network that will do


class Outbox:
    """Messages for one client, in order.

    Attributes:
        is_behind: The client missed something and needs a snapshot before anything else.
    """

    def __init__(self, wake: Callable[[], None], first: list[str], *, is_behind: bool) -> None:
        """An outbox with what the client must have first.

        Args:
            wake: Called when there is something to send.
            first: Greeting and missed deltas; these do not count against the limit.
            is_behind: Whether a snapshot follows them.
        """
        self._wake = wake
        self._first = deque(first)
        self._waiting: deque[str] = deque()
        self.is_behind = is_behind

    def put(self, frame: str) -> bool:
        """Give the client a frame; returns False where this was one too many, and the client is now behind."""
        if self.is_behind:
            return True
        self._waiting.append(frame)
        fits = len(self._waiting) <= WAITING
        if not fits:
            self._waiting.clear()
            self.is_behind = True
        self._wake()
        return fits

    def take(self, snapshot: Callable[[], str]) -> str | None:
        """The next message; None where there is none.

        Args:
            snapshot: Makes the present snapshot; the frames after it then follow.
        """
        if self._first:
            return self._first.popleft()
        if self.is_behind:
            self.is_behind = False
            return snapshot()
        return self._waiting.popleft() if self._waiting else None
