"""Whether a sensor is there, as far as one can tell."""

from datetime import datetime, timedelta

from dashboard_api.live.objects import Link

INTERVALS = 3  # as docs/reference/live.md promises: one lost reading is no silence
UNKNOWN_INTERVAL = timedelta(minutes=15)  # the dry cadence, for a sensor that has reported once
SOONEST = timedelta(minutes=2)  # a burst of readings a few seconds apart is no promise to go on like that
# The way from the gauge to the wall, in real seconds: seen from a room whose clock runs 60 times as fast it is minutes.
ON_THE_WAY_S = 5.0


def patience(interval: timedelta | None, speed: float) -> timedelta:
    """How long a sensor may say nothing, on the room's clock.

    Args:
        interval: How often it reports; None where it has reported once.
        speed: The room's seconds in a real one.
    """
    own = INTERVALS * (interval or UNKNOWN_INTERVAL)
    return max(own, SOONEST) + timedelta(seconds=ON_THE_WAY_S * speed)


def link_of(observed_at: datetime, patience: timedelta, now: datetime, *, is_offline: bool) -> Link:
    """The link of a sensor that has reported before.

    Args:
        observed_at: Its newest reading.
        patience: See above.
        now: The room's time.
        is_offline: Its device said so, or the broker for it, and nothing has been heard of it since.
    """
    if is_offline:
        return "offline"
    if now - observed_at > patience:
        return "stale"
    return "online"  # a device that reports is there, whether or not it says so itself
