"""When a forecast is due: every ISSUE_EVERY of the room's clock, on the full five minutes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from floodcore.domain.forecast import ISSUE_EVERY

OUTAGE_MOST = timedelta(days=1)  # guessed: after a longer silence the room was off, and nothing was missed
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def newest_due(now: datetime) -> datetime:
    """The newest issue time that is not after `now`."""
    return now - (now - EPOCH) % ISSUE_EVERY


def skipped(last: datetime | None, due: datetime) -> int:
    """How many issue times between the two were never issued, and never will be: old news helps nobody."""
    if last is None or due - last > OUTAGE_MOST:
        return 0
    return max((due - last) // ISSUE_EVERY - 1, 0)


def unlearnt(newest: datetime | None, due: datetime, looks_back: timedelta) -> Iterator[datetime]:
    """The issue times whose states are still to be learnt, oldest first, `due` included.

    Args:
        newest: Learnt last, or None.
        due: The issue time now.
        looks_back: What is older than that has no effect any more.
    """
    at = due - looks_back
    if newest is not None:
        at = max(at, newest + ISSUE_EVERY)
    while at <= due:
        yield at
        at += ISSUE_EVERY
