"""What the checks found in a reading, and what it is worth by that.

A flag is a reason beside a value, never a change of it. Fast water is flagged and raised, never taken away: a filter
that deletes fast rises would have deleted 20 July 2021.
"""

from enum import IntFlag

from floodcore.domain.reading import Quality


class Flag(IntFlag):
    """What is remarkable about a reading. The numbers are stored: a new one gets the next bit, none is used again."""

    RANGE = 1 << 0  # no place of this kind can show it
    FAST = 1 << 1  # rose or fell faster than water here has been seen to: true until shown otherwise
    SPIKE = 1 << 2  # left its neighbours in time and came back: known only once they are there
    FLAT = 1 << 3  # the same value for so long that the gauge may be stuck
    ZERO_STEP = 1 << 4  # from zero and back, as an ultrasonic head does when something passes below it
    NEIGHBOUR = 1 << 5  # the gauges around it say otherwise
    RAIN = 1 << 6  # water without rain that could have brought it, or the reverse
    DRIFT = 1 << 7  # its zero has wandered, by its own dry nights
    OBSTRUCTED = 1 << 8  # something lies before the sensor or in the stilling pipe
    CLOCK_AHEAD = 1 << 9  # the device's clock is ahead of the room's
    CLOCK_BEHIND = 1 << 10  # the device says that its clock is behind by more than the limit
    CLOCK_UNSET = 1 << 11  # the device says that its clock is not set: the time is that of arrival
    DERIVED = 1 << 12  # computed from another quantity of the device: level from distance, rain from a counter
    GAP = 1 << 13  # the amount of a longer time than one interval: true in sum, unknown in course
    RESET = 1 << 14  # the counter began anew
    MAINTENANCE = 1 << 15  # somebody works at the device
    CORRECTED = 1 << 16  # a person has said what it is worth
    HELD_GOOD = 1 << 17  # and has said that it is good, whatever the checks find
    HELD_BAD = 1 << 18  # and has said that it is bad
    DISPROVED = 1 << 19  # a spike or a step that was no water: the gauge's own life after it shows it, or dry weather


# Known when a message is read; the judge adds to them and takes none away.
ON_ARRIVAL = Flag.CLOCK_AHEAD | Flag.CLOCK_BEHIND | Flag.CLOCK_UNSET | Flag.DERIVED
# Not the water's doing. The room does not act on these. A spike or a step alone is not among them: a tunnel's gauge
# that shows a surge once and then dies at zero looks the same.
BAD = Flag.RANGE | Flag.MAINTENANCE | Flag.HELD_BAD | Flag.DISPROVED
# Worth a second look, and acted on until somebody has had it.
SUSPECT = (
    Flag.FAST
    | Flag.SPIKE
    | Flag.ZERO_STEP
    | Flag.FLAT
    | Flag.NEIGHBOUR
    | Flag.RAIN
    | Flag.DRIFT
    | Flag.OBSTRUCTED
    | Flag.CLOCK_AHEAD
    | Flag.CLOCK_BEHIND
    | Flag.CLOCK_UNSET
)


def quality_of(flags: Flag) -> Quality:
    """What a judged reading with these flags is worth; never UNCHECKED."""
    if Flag.HELD_GOOD in flags:
        return Quality.GOOD
    if flags & BAD:
        return Quality.BAD
    return Quality.SUSPECT if flags & SUSPECT else Quality.GOOD


def names(flags: int) -> list[str]:
    """The flags as JSON shows them, in the order of their bits: `["fast", "derived"]`."""
    return [flag.name.lower() for flag in Flag if flag & flags and flag.name]
