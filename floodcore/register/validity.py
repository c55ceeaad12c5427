"""What held when. Of several entries for one thing each holds until its own end or until the next one begins."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from floodcore.domain.levels import Threshold
from floodcore.domain.upkeep import Mount, mount_at

Dated = TypeVar("Dated", Mount, Threshold)
Since = tuple[datetime, datetime | None]  # from the first on, and before the second (None: until further notice)


def joined(held: Iterable[Dated], new: Dated) -> list[Dated]:
    """The entries with a new one among them, oldest first, none reaching into another.

    One that begins at the same moment is replaced. The one before ends where the new one begins, and the new one ends
    where the next one does: so a row without an end says what everybody means by it.

    Args:
        held: Entries for one thing, none reaching into another.
        new: Another one for it.
    """
    by_start = {one.valid_from: one for one in held} | {new.valid_from: new}
    starts = sorted(by_start)
    return [_until_next(by_start[start], starts) for start in starts]


def reheighted(before: Sequence[Mount], after: Sequence[Mount]) -> Since | None:
    """The span in which a head hangs at another height than was believed; None where there is none.

    Args:
        before: How the device was mounted, as was believed.
        after: How it was mounted.
    """
    edges = {edge for mount in (*before, *after) for edge in (mount.valid_from, mount.valid_to) if edge}
    moments = sorted(edges)
    other = [number for number, at in enumerate(moments) if _height_m(before, at) != _height_m(after, at)]
    if not other:
        return None
    end = other[-1] + 1  # the heights of a moment hold until the next edge
    return moments[other[0]], moments[end] if end < len(moments) else None


def _until_next(one: Dated, starts: Sequence[datetime]) -> Dated:
    later = [start for start in starts if start > one.valid_from]
    ends = [end for end in (one.valid_to, later[0] if later else None) if end]
    return replace(one, valid_to=min(ends, default=None))


def _height_m(mounts: Iterable[Mount], at: datetime) -> float | None:
    mount = mount_at(mounts, at)
    return mount.height_m if mount else None
