"""Times of SenML records: absolute or counted from now, and to the millisecond."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ABSOLUTE_FROM = 1 << 28  # smaller times count from now (RFC 8428, 4.5.3)
FUTURE = timedelta(minutes=10)  # guessed: cheap clocks drift by minutes; hours ahead is a wrong clock
OLDEST = timedelta(days=400)  # what the room keeps open unless told otherwise: a year, and a logger read out late
# Two sums of a base time and a time may differ in the last bit of a float and still mean the same instant, which is
# part of a reading's identity. Milliseconds are far above that noise and far below any reporting interval.
TICK = timedelta(milliseconds=1)


class TimeError(ValueError):
    """No time at which anything can have been observed; the text says why."""


class TooOldError(TimeError):
    """A time before what the room keeps open."""


class Arrival(Struct, frozen=True, kw_only=True):
    """When a message came, and how far from that its times may lie.

    Attributes:
        at: By the room's clock.
        oldest: What was observed longer ago is refused.
        waited: Whether it may have waited for us with the broker; its delay then says nothing about its device.
    """

    at: datetime
    oldest: timedelta = OLDEST
    waited: bool = False


def is_absolute(seconds: float) -> bool:
    """Whether a time counts from 1970; otherwise it counts from the message's arrival."""
    return seconds >= ABSOLUTE_FROM


def observed_at(seconds: float, arrival: Arrival) -> datetime:
    """The moment a record speaks of.

    Args:
        seconds: The record's time and its base time together.
        arrival: Of its message.

    Raises:
        TimeError: It lies more than 10 minutes in the future, before 1970, or beyond the calendar.
        TooOldError: It lies before what the room keeps open.
    """
    try:
        at = EPOCH + timedelta(milliseconds=round(seconds * 1000))
        if not is_absolute(seconds):
            at = EPOCH + milliseconds(at - EPOCH + arrival.at) * TICK
    except (OverflowError, ValueError) as error:  # ValueError: no number
        raise TimeError(f"{seconds} s is no time.") from error
    if at > arrival.at + FUTURE:
        ahead = timedelta(seconds=round((at - arrival.at).total_seconds()))
        raise TimeError(f"its time lies {ahead} in the future; set the device's clock.")
    if at < EPOCH:
        raise TimeError("its time lies before 1970; set the device's clock.")
    if at < arrival.at - arrival.oldest:
        raise TooOldError(
            f"its time lies {(arrival.at - at).days} days back, and the room is open for {arrival.oldest.days}; "
            "import it as an event pack."
        )
    return at


def milliseconds(at: datetime) -> int:
    """Since 1970, rounded."""
    return round((at - EPOCH) / TICK)
