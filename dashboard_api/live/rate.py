"""How fast the water rises, from the last readings of one sensor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import linear_regression, median

from floodcore.domain.reading import Quality

# Short enough that a tunnel which fills in ten minutes shows it in the first; long enough for five values of a gauge
# that reports every minute, so that its centimetre steps average out.
WINDOW = timedelta(minutes=5)
# A gauge that reports more seldom is judged by its last two readings, unless one of two quarter-hourly ones is missing
# and another late: beyond that nobody knows what the water did between.
APART = timedelta(minutes=35)
RECENT = (
    4  # readings: three gaps are enough for a median, and follow a gauge that goes from 15 min to 1 min in the rain
)
MM = 1000.0
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One reading of a sensor: `value` in its unit."""

    observed_at: datetime
    value: float
    quality: Quality


def rate_mm_min(samples: Sequence[Sample]) -> float | None:
    """The slope of the least-squares line through the last readings, by observation time.

    Args:
        samples: Of one sensor in metres, oldest first; bad ones are passed over.

    Returns:
        mm/min, positive while the water rises; None where there are not two readings close enough to each other.
    """
    usable = [one for one in samples if one.quality is not Quality.BAD]
    if not usable:
        return None
    newest = usable[-1]
    lately = [one for one in usable if newest.observed_at - one.observed_at <= WINDOW]
    if len(lately) < 2:
        lately = [one for one in usable[-2:] if newest.observed_at - one.observed_at <= APART]
    minutes = [(one.observed_at - newest.observed_at) / MINUTE for one in lately]
    if len(set(minutes)) < 2:
        return None
    return round(linear_regression(minutes, [one.value * MM for one in lately]).slope, 2)


def interval(samples: Sequence[Sample]) -> timedelta | None:
    """How often the sensor reports: the median of the gaps between its last readings; None with fewer than two."""
    recent = pairwise(samples[-RECENT:])
    gaps_s = [(later.observed_at - earlier.observed_at).total_seconds() for earlier, later in recent]
    return timedelta(seconds=median(gaps_s)) if gaps_s else None
