"""What a device says about its own clock, in a record named `clock`, and what that makes of its times.

`{"n": "clock", "vb": false}` says that the clock is not set. The times of the pack's records are then true among
themselves only: its newest record is taken for as old as its arrival, and every reading says so in a flag.
`{"n": "clock", "v": 1626753600}` is the device's time when it sent the pack; a clock that is off by more than CLOCK_OFF
is flagged and left alone, as only its owner knows which of the two is wrong.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from floodcore.domain.quality import Flag
from floodcore.wire.senml_time import Arrival, TimeError, is_absolute, observed_at

CLOCK = "clock"
CLOCK_OFF = timedelta(minutes=5)  # guessed: beyond it a minute's reading stands in another five minutes of rain


@dataclass(frozen=True, kw_only=True)
class DeviceClock:
    """The clock as its pack describes it; without a word of it, it is taken for set.

    Attributes:
        is_set: Whether times mean anything.
        offset: How far it is ahead of the room's when the pack is sent; None where it does not tell.
    """

    is_set: bool = True
    offset: timedelta | None = None

    def flags(self, arrival: Arrival) -> Flag:
        """What every reading of the pack says of its clock."""
        if not self.is_set:
            return Flag.CLOCK_UNSET
        if self.offset is None or abs(self.offset) <= CLOCK_OFF:
            return Flag(0)
        if self.offset > timedelta(0):
            return Flag.CLOCK_AHEAD
        return Flag(0) if arrival.waited else Flag.CLOCK_BEHIND  # a message that waited comes late from a right clock


def told(seconds: float, arrival: Arrival) -> DeviceClock:
    """The clock of a device that says what it shows.

    Args:
        seconds: Since 1970.
        arrival: Of the message.
    """
    if not is_absolute(seconds):
        return DeviceClock(is_set=False)  # it counts from when it was switched on
    try:
        return DeviceClock(offset=timedelta(seconds=seconds - arrival.at.timestamp()))
    except OverflowError:  # beyond the calendar
        return DeviceClock(offset=timedelta.max)


def newest(seconds: Iterable[float]) -> tuple[float, float]:
    """The newest time of a pack among those that count from 1970, and among those that count from now.

    The second is 0 where none is later than now: such times are what RFC 8428 means by them.
    """
    times = [one for one in seconds if math.isfinite(one)]
    absolute = max((one for one in times if is_absolute(one)), default=0.0)
    return absolute, max((one for one in times if not is_absolute(one)), default=0.0)


def moment(seconds: float, arrival: Arrival, latest: tuple[float, float] | None) -> datetime:
    """When a record was observed.

    Args:
        seconds: As written.
        arrival: Of its message.
        latest: `newest` of its pack where the device's clock is not set, None where it is.

    Raises:
        TimeError: At no time that the room can take.
    """
    if latest is None:
        return observed_at(seconds, arrival)
    absolute, relative = latest
    since = seconds - (absolute if is_absolute(seconds) else max(relative, 0.0))
    if since == 0:
        return observed_at(0, arrival)
    if not since < 0:
        raise TimeError(f"{seconds} s is no time.")
    return observed_at(since, arrival)
