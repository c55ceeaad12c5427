"""The course of a clock that people steer: at which pace the room's time has passed since when."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import inf

SLOWEST, FASTEST = 0.001, 10_000.0  # a day in three years, and in nine seconds: what is outside was mistyped


def is_pace(speed: float) -> bool:
    """Whether a clock may run so fast; no number is no pace, and 0 is a pause and none either."""
    return SLOWEST <= speed <= FASTEST


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Since the real moment `since` the room's time passes `speed` times as fast; at 0 it stands."""

    since: datetime
    speed: float

    def __post_init__(self) -> None:
        if self.speed != 0 and not is_pace(self.speed):
            raise ValueError(f"a pace is 0, or from {SLOWEST:g} to {FASTEST:g}, not {self.speed:g}")
        if self.since.tzinfo is None:
            raise ValueError(f"{self.since} says not of which place it is")


@dataclass(frozen=True)
class Course:
    """The room's time as a function of the real one: it never jumps, and never goes back.

    Attributes:
        start: What the clock showed when the first pace began.
        paces: At least one, in the order of time; before the first its own pace is taken to have been.
    """

    start: datetime
    paces: tuple[Pace, ...]

    def __post_init__(self) -> None:
        if not self.paces:
            raise ValueError("a clock has a pace")
        if self.start.tzinfo is None:
            raise ValueError(f"{self.start} says not of which place it is")
        if any(after.since <= before.since for before, after in zip(self.paces, self.paces[1:], strict=False)):
            raise ValueError("the paces are not in the order of time")

    @cached_property
    def starts(self) -> tuple[datetime, ...]:
        """What the clock showed when each pace began."""
        starts = [self.start]
        for before, after in zip(self.paces, self.paces[1:], strict=False):
            starts.append(starts[-1] + (after.since - before.since) * before.speed)
        return tuple(starts)

    def at(self, real: datetime) -> datetime:
        """What the clock shows at a real moment."""
        number = self._number(real)
        pace = self.paces[number]
        return self.starts[number] + (real - pace.since) * pace.speed

    def speed_at(self, real: datetime) -> float:
        """Seconds of the room's time in a real one, at a real moment."""
        return self.paces[self._number(real)].speed

    def seconds_until(self, moment: datetime, real: datetime) -> float:
        """Real seconds from a real moment until the clock first shows another; below 0 where it has shown it.

        Infinite where the clock stands and does not come there by any pace that is known.
        """
        number = max(bisect_right(self.starts, moment) - 1, 0)
        while number and self.starts[number] == moment:  # a pause begins, or ends, with it: it was first shown before
            number -= 1
        pace, ahead = self.paces[number], moment - self.starts[number]
        if ahead == timedelta(0):
            return (pace.since - real).total_seconds()
        if pace.speed == 0:
            return inf if ahead > timedelta(0) else -inf
        return (pace.since - real).total_seconds() + ahead.total_seconds() / pace.speed

    def steered(self, real: datetime, speed: float) -> "Course":
        """The same course up to a real moment, and another pace from then on.

        A pace that was to begin at that moment or later never does.
        """
        kept = tuple(pace for pace in self.paces if pace.since < real)
        if not kept:  # before it has begun: it is where it would have been
            return Course(self.at(real), (Pace(since=real, speed=speed),))
        if kept[-1].speed == speed:
            return Course(self.start, kept)
        return Course(self.start, (*kept, Pace(since=real, speed=speed)))

    def _number(self, real: datetime) -> int:
        return max(bisect_right(self.paces, real, key=lambda pace: pace.since) - 1, 0)
