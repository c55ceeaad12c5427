"""Times of SenML records: absolute or counted from now, and to the millisecond."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ABSOLUTE_FROM = 1 << 28  # smaller times count from now (RFC 8428, 4.5.3)
FUTURE = timedelta(minutes=10)  # guessed: cheap clocks drift by minutes; hours ahead is a wrong clock
# Two sums of a base time and a time may differ in the last bit of a float and still mean the same instant, which is
# part of a reading's identity. Milliseconds are far above that noise and far below any reporting interval.
TICK = timedelta(milliseconds=1)


class TimeError(ValueError):
    """No time at which anything can have been observed; the text says why."""


def observed_at(seconds: float, received_at: datetime) -> datetime:
    """The moment a record speaks of.

    A message that counts from now and comes twice speaks of two moments: only a device without a clock should.

    Args:
        seconds: The record's time and its base time together.
        received_at: Now, by the room's clock.

    Raises:
        TimeError: It lies more than 10 minutes in the future, before 1970, or beyond the calendar.
    """
    try:
        since = EPOCH if seconds >= ABSOLUTE_FROM else received_at
        at = EPOCH + milliseconds(since + round(seconds * 1000) * TICK) * TICK
    except (OverflowError, ValueError) as error:  # ValueError: no number
        raise TimeError(f"{seconds} s is no time.") from error
    if at > received_at + FUTURE:
        raise TimeError(f"its time lies {at - received_at} in the future; set the device's clock.")
    if at < EPOCH:
        raise TimeError("its time lies before 1970; set the device's clock.")
    return at


def milliseconds(at: datetime) -> int:
    """Since 1970, rounded."""
    return round((at - EPOCH) / TICK)
