"""How often a sign-in may fail."""

from collections import OrderedDict, deque

MOST = 10  # in WITHIN_S: as docs/reference/http.md promises
WITHIN_S = 60.0
MOST_KEYS = 10_000  # beyond that the longest unseen is forgotten: memory is bounded, whoever knocks


class Failures:
    """Counts attempts by who tries and from where; one that succeeds is taken back.

    An attempt counts before its password is checked: a hundred at once are not a hundred free tries.
    """

    def __init__(self) -> None:
        self._attempts: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def admit(self, user: str, address: str, now: float) -> bool:
        """Whether one more attempt is allowed at a moment, in real seconds; it then counts as failed."""
        attempts = self._attempts.setdefault((user, address), deque())
        self._attempts.move_to_end((user, address))
        if len(self._attempts) > MOST_KEYS:
            self._attempts.popitem(last=False)
        while attempts and attempts[0] <= now - WITHIN_S:
            attempts.popleft()
        if len(attempts) >= MOST:
            return False
        attempts.append(now)
        return True

    def forgive(self, user: str, address: str) -> None:
        """The sign-in succeeded."""
        self._attempts.pop((user, address), None)
