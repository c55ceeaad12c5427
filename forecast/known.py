"""What the room knew at an issue time, as arrays: one row a site, newest reading first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from floodcore.domain.site import SiteKind

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
StrArray = npt.NDArray[np.str_]

ROAD_LIKE = frozenset({SiteKind.ROAD, SiteKind.UNDERPASS})  # depth over a road: never below 0, and mostly 0


@dataclass(frozen=True, kw_only=True)
class Series:
    """The readings of one level sensor.

    Attributes:
        site_id: Where it hangs.
        kind: Of the site.
        age_min: Minutes from each reading to the issue time, newest first, at least one.
        level_m: Metres, one for each age.
    """

    site_id: str
    kind: SiteKind
    age_min: Sequence[float]
    level_m: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Known:
    """All sites that had said anything lately.

    Attributes:
        issue_time: T0: nothing in here was observed or received after it.
        site_ids: Ascending, shape (n_sites,).
        is_road: Whether the level is a depth over a road, shape (n_sites,).
        age_min: Minutes from each reading to T0, shape (n_sites, n_readings), newest first; NaN pads at the end.
        level_m: Metres, the same shape and padding.
    """

    issue_time: datetime
    site_ids: StrArray
    is_road: BoolArray
    age_min: FloatArray
    level_m: FloatArray

    @classmethod
    def of(cls, issue_time: datetime, series: Iterable[Series]) -> "Known":
        """One row a site; of two sensors at one site the one that spoke last, as the two may not agree on the datum."""
        of_site: dict[str, Series] = {}
        for one in series:
            other = of_site.get(one.site_id)
            if other is None or one.age_min[0] < other.age_min[0]:
                of_site[one.site_id] = one
        chosen = [of_site[site_id] for site_id in sorted(of_site)]
        return cls(
            issue_time=issue_time,
            site_ids=np.array([one.site_id for one in chosen], dtype=np.str_),
            is_road=np.array([one.kind in ROAD_LIKE for one in chosen], dtype=np.bool_),
            age_min=_padded([one.age_min for one in chosen]),
            level_m=_padded([one.level_m for one in chosen]),
        )


def _padded(rows: Sequence[Sequence[float]]) -> FloatArray:
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    table = np.full((len(rows), int(lengths.max(initial=1))), np.nan)
    table[np.arange(table.shape[1]) < lengths[:, None]] = np.concatenate(rows) if rows else []
    return table
