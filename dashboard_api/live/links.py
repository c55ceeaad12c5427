"""Whether a sensor is there, as far as one can tell."""

from datetime import datetime, timedelta

from dashboard_api.live.objects import Link
from floodcore.domain.cadence import Cadence, Mode

UNKNOWN = timedelta(minutes=45)  # three of the dry cadence, for a sensor that has reported once
SOONEST = timedelta(minutes=2)  # a burst of readings a few seconds apart is no promise to go on like that
# The way from the gauge to the wall, in real seconds: seen from a room whose clock runs 60 times as fast it is minutes.
ON_THE_WAY_S = 5.0


def patience(cadence: Cadence, mode: Mode, interval: timedelta | None) -> timedelta:
    """How long a sensor may say nothing, on the room's clock and but for the way.

    Args:
        cadence: How often it is to report.
        mode: What it has reason to do.
        interval: How often it reports; None where it has reported once.
    """
    expected = cadence.patience(mode, interval) or UNKNOWN
    return max(expected, SOONEST)


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
