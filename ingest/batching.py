"""When to stop collecting and store."""

from collections.abc import Iterable

from ingest.decode import Decoded

# The broker sends no more than WINDOW messages of QoS 1 that we have not acknowledged; the rest waits in its own queue,
# on disk. QoS 0 knows no such bound: the inbox sets one. At 300 bytes a message this is 300 kB.
WINDOW = 1000
# Half the window: while one half is being stored, the broker sends the other.
MOST_MESSAGES = WINDOW // 2
MOST_READINGS = 5000  # about 50 ms in the database; beyond that waiting longer gains nothing
# From sensor to wall is 1 s at p95, of which the wall's own pace takes 250 ms. Storing each message alone would cost
# 3 ms of the database every time, a quarter of a core at 83 messages a second (5,000 devices a minute).
FLUSH_AFTER_S = 0.25  # real seconds, after the first message of a batch


class Batch:
    """Messages that will be settled together."""

    def __init__(self) -> None:
        self.messages: list[Decoded] = []
        self._readings = 0

    def add(self, messages: Iterable[Decoded]) -> None:
        """Take these in."""
        for message in messages:
            self.messages.append(message)
            self._readings += len(message.readings)

    @property
    def is_full(self) -> bool:
        """Whether it is to be stored now."""
        return len(self.messages) >= MOST_MESSAGES or self._readings >= MOST_READINGS
