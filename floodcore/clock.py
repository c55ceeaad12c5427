"""The room's clock. Every service is handed one; the same storm at 60 times its pace is then the same code.

A clock that is steered while everything runs is in `floodcore.clock_file`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    @property
    def speed(self) -> float:
        """Seconds of the room's time that pass in one real second, now; 0 while it stands."""
        ...

    @property
    def sure_s(self) -> float:
        """For so many real seconds from now its pace is known: who waits for a moment asks again by then."""
        ...

    def now(self) -> datetime:
        """The room's time, aware, UTC."""
        ...

    def room_time(self, real: datetime) -> datetime:
        """The room's time at a real moment; always the same for a moment that is past."""
        ...

    def passed_in(self, seconds: float) -> timedelta:
        """How much of the room's time has passed in the last so many real seconds."""
        ...

    def real_seconds(self, span: timedelta) -> float:
        """How many real seconds a span of the room's time takes at the present pace; infinite while it stands."""
        ...

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until the clock shows a moment, infinite while it stands; below 0: since it first showed it."""
        ...


class SystemClock:
    """The machine's own time."""

    speed = 1.0
    sure_s = inf

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)

    def room_time(self, real: datetime) -> datetime:
        """The moment itself."""
        return real

    def passed_in(self, seconds: float) -> timedelta:
        """The seconds themselves."""
        return timedelta(seconds=seconds)

    def real_seconds(self, span: timedelta) -> float:
        """The span itself."""
        return span.total_seconds()

    def seconds_until(self, moment: datetime) -> float:
        """The seconds between now and then."""
        return (moment - self.now()).total_seconds()


@dataclass(frozen=True, kw_only=True)
class ScaledClock:
    """At the real moment `anchor` it was `start`; since then it runs `speed` times as fast.

    All processes of one run are given the same three values, so that their clocks agree.
    """

    anchor: datetime
    start: datetime
    speed: float
    sure_s = inf

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError(f"a clock's speed is above 0, not {self.speed}")

    def now(self) -> datetime:
        """The room's time."""
        return self.room_time(datetime.now(UTC))

    def room_time(self, real: datetime) -> datetime:
        """The room's time at a real moment."""
        return self.start + (real - self.anchor) * self.speed

    def passed_in(self, seconds: float) -> timedelta:
        """The seconds times the speed."""
        return timedelta(seconds=seconds * self.speed)

    def real_seconds(self, span: timedelta) -> float:
        """The span divided by the speed."""
        return span.total_seconds() / self.speed

    def seconds_until(self, moment: datetime) -> float:
        """The room's seconds between now and then, divided by the speed."""
        return self.real_seconds(moment - self.now())
