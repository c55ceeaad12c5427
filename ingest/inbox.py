"""What has arrived and is not yet taken."""

from collections import deque

from ingest.batching import WINDOW
from ingest.message import Message

# The broker has at most WINDOW messages of QoS 1 on the way to us, over one connection. While the database is away each
# new connection brings them again, so that those of earlier ones may go. Nothing but we bounds QoS 0, and nobody waits
# for its acknowledgement: it gets a window of its own, and what does not fit is lost, as its sender has agreed to.
MOST_UNPROMISED = WINDOW
# A full inbox is 1 window of QoS 0, at most 1 of the present connection's QoS 1, and older connections' QoS 1, which
# came first: so the oldest message never is one that the broker waits for.
MOST = 4 * WINDOW


class Inbox:
    """A queue that, when it is full, loses only what comes again or was never promised.

    Attributes:
        dropped: Messages of QoS 0 that were lost here since the process began.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._messages: deque[Message] = deque()
        self._unpromised = 0

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        """Take a message in, or drop it."""
        if message.qos == 0 and self._unpromised == MOST_UNPROMISED:
            self.dropped += 1
            return
        if len(self._messages) == MOST:
            self._forget_oldest()
        self._messages.append(message)
        self._unpromised += message.qos == 0

    def take(self, most_bytes: int) -> list[Message]:
        """The messages that came first, in their order, until their payloads have so many bytes together."""
        taken: list[Message] = []
        while self._messages and most_bytes > 0:
            message = self._messages.popleft()
            most_bytes -= 1 + len(message.payload)
            self._unpromised -= message.qos == 0
            taken.append(message)
        return taken

    def _forget_oldest(self) -> None:
        if self._messages.popleft().qos == 0:
            self.dropped += 1
            self._unpromised -= 1
