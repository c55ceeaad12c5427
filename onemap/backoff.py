"""How long to wait before a process that ended is started again."""

from dataclasses import dataclass
from datetime import timedelta

FIRST = timedelta(milliseconds=250)
LONGEST = timedelta(seconds=10)  # a storm goes on: a service is never further away than this
RAN_WELL = timedelta(seconds=30)  # whoever ran so long failed for a new reason


@dataclass
class Backoff:
    """Doubles with every failure in a row."""

    failures: int = 0

    def after(self, ran_for: timedelta) -> timedelta:
        """The pause after a process that had run for so long."""
        self.failures = 1 if ran_for >= RAN_WELL else self.failures + 1
        return min(FIRST * (1 << min(self.failures - 1, 10)), LONGEST)
