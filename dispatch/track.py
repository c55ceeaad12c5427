"""What a gauge said lately: whether its water rises, how often it reports, and when its silence counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from floodcore.domain.cadence import MISSED

KEPT = 4  # three gaps: enough for a median, few enough to follow a gauge that goes from 15 min to 1 min in the rain
BREAK = timedelta(hours=1)  # four times the dry cadence of 15 min; beyond it nobody knows what the water did between


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One level reading of a site: `depth_m` in metres, as the site's thresholds are."""

    sensor_id: int
    site_id: str
    observed_at: datetime
    depth_m: float


@dataclass(frozen=True, slots=True)
class Track:
    """The last samples of one sensor, oldest first: at least one, at most KEPT."""

    samples: tuple[Sample, ...]

    @property
    def newest(self) -> Sample:
        """The last of them."""
        return self.samples[-1]

    def followed_by(self, sample: Sample) -> "Track":
        """The track one sample later; an hour's pause begins it anew."""
        earlier = self.samples if sample.observed_at - self.newest.observed_at <= BREAK else ()
        return Track((*earlier, sample)[-KEPT:])

    @property
    def interval(self) -> timedelta | None:
        """How often the sensor reports: the median of its last gaps; None while there is only one sample."""
        gaps_s = [
            (later.observed_at - earlier.observed_at).total_seconds() for earlier, later in pairwise(self.samples)
        ]
        return timedelta(seconds=median(gaps_s)) if gaps_s else None

    @property
    def is_rising(self) -> bool:
        """Whether the water rose over the last three samples and did not fall at the last.

        A plateau at the gauge's resolution after a rise is rising still; a flicker is not. One sample tells nothing.
        """
        if len(self.samples) < 2:
            return False
        *_, before, last = self.samples
        return last.depth_m >= before.depth_m and last.depth_m > self.samples[-3:][0].depth_m

    def speaks(self, at: datetime) -> bool:
        """Whether its newest sample says how the water stands then still: for three of its intervals, or BREAK."""
        return at - self.newest.observed_at <= (MISSED * self.interval if self.interval else BREAK)
