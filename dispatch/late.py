"""What a late reading means: one that comes after its sensor's newer ones had been judged. Pure.

A gateway that was cut off may send the live value first and its buffered hour after it. Levels never go back for that;
but water that has stood high is not passed over. Where an incident stands, or ended after the late reading, the reading
belongs to it and may raise its peak. Where there is none, the site's readings are judged again from then on, in their
order: what comes of it is what would have come had none been late, be it an incident that has closed since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.track import Sample
from dispatch.watch import Outcome, Thresholds, follow
from floodcore.domain.levels import Ladder, Level


@dataclass(frozen=True, kw_only=True)
class Late:
    """A late reading at or above a threshold that no incident accounts for.

    Attributes:
        incident_id: The site's incident that it belongs to, or None.
    """

    site_id: str
    observed_at: datetime
    depth_m: float
    incident_id: int | None


@dataclass(frozen=True, kw_only=True)
class Peak:
    """An incident was worse than it knew: `depth_m` in metres."""

    incident_id: int
    level: Level
    depth_m: float


def belated(late: Iterable[Late], again: Sequence[Sample], thresholds: Thresholds) -> tuple[list[Peak], Outcome]:
    """What late readings come to.

    Args:
        late: In any order.
        again: The readings that have been judged at the sites without an incident, for as long as late ones count.
        thresholds: By site.

    Returns:
        The peaks to raise, and what the other sites' readings come to when they are judged in their order.
    """
    peaks: dict[int, Peak] = {}
    begins: dict[str, datetime] = {}
    for one in late:
        if one.incident_id is None:
            begins[one.site_id] = min(one.observed_at, begins.get(one.site_id, one.observed_at))
            continue
        known = peaks.get(one.incident_id)
        if known is None or one.depth_m > known.depth_m:
            level = Ladder.at(thresholds.get(one.site_id, ()), one.observed_at).level_of(one.depth_m)
            peaks[one.incident_id] = Peak(incident_id=one.incident_id, level=level, depth_m=one.depth_m)
    samples = (sample for sample in again if sample.observed_at >= begins[sample.site_id])
    return list(peaks.values()), follow(samples, spells={}, tracks={}, thresholds=thresholds)
