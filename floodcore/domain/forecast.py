"""A statement about the future of a site, made at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from floodcore.domain.levels import Level

LEADS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ISSUE_EVERY = timedelta(minutes=5)  # the interval of common gauges: sooner there is little new to say

# The forecasters, by the name that a run carries as `produced_by`.
PERSISTENCE = "persistence"
DAMPED_TREND = "damped_trend"


@dataclass(frozen=True, kw_only=True)
class ForecastValue:
    """Depth at one site and one lead time.

    Attributes:
        site_id: The site.
        lead_time: From the issue time to the valid time.
        depth_m: Quantiles of the depth in metres, one for each of QUANTILES, not falling.
        crossing: Probability, 0 to 1, that the depth at the valid time is at or above each level's threshold; not
            rising with the level; levels without a threshold are missing.
    """

    site_id: str
    lead_time: timedelta
    depth_m: tuple[float, float, float, float, float]
    crossing: Mapping[Level, float]

    def __post_init__(self) -> None:
        if list(self.depth_m) != sorted(self.depth_m):
            raise ValueError(f"quantiles fall: {self.depth_m}")
        if self.crossing and not 0 <= min(self.crossing.values()) <= max(self.crossing.values()) <= 1:
            raise ValueError(f"probabilities lie between 0 and 1: {dict(self.crossing)}")


@dataclass(frozen=True, kw_only=True)
class ForecastRun:
    """All that one forecaster said at one issue time, from what was known then."""

    issue_time: datetime
    produced_by: str
    values: tuple[ForecastValue, ...]
