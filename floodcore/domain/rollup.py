"""Over how long readings are summed up."""

from datetime import timedelta
from enum import StrEnum


class Every(StrEnum):
    """The widths of rollups; each is a whole number of those before it."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    QUARTER = "15m"
    HOUR = "1h"

    @property
    def minutes(self) -> int:
        """The width in minutes."""
        return MINUTES[self]

    @property
    def width(self) -> timedelta:
        """The width."""
        return timedelta(minutes=self.minutes)


MINUTES = {Every.MINUTE: 1, Every.FIVE_MINUTES: 5, Every.QUARTER: 15, Every.HOUR: 60}
