"""The room's clock. Every service is handed one; the same storm at 60 times its pace is then the same code."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    @property
    def speed(self) -> float:
        """Seconds of the room's time that pass in one real second."""
        ...

    def now(self) -> datetime:
        """The room's time, aware, UTC."""
        ...

    def real_seconds(self, span: timedelta) -> float:
        """How many real seconds a span of the room's time takes; for waiting."""
        ...


class SystemClock:
    """The machine's own time."""

    speed = 1.0

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)

    def real_seconds(self, span: timedelta) -> float:
        """The span itself."""
        return span.total_seconds()


@dataclass(frozen=True, kw_only=True)
class ScaledClock:
    """At the real moment `anchor` it was `start`; since then it runs `speed` times as fast.

    All processes of one run are given the same three values, so that their clocks agree.
    """

    anchor: datetime
    start: datetime
    speed: float

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError(f"a clock's speed is above 0, not {self.speed}")

    def now(self) -> datetime:
        """The room's time."""
        return self.start + (datetime.now(UTC) - self.anchor) * self.speed

    def real_seconds(self, span: timedelta) -> float:
        """The span divided by the speed."""
        return span.total_seconds() / self.speed
