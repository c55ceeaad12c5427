"""What matters about each site at an issue time: its depth, how fresh it is, which way it goes, how lively it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from forecast.known import BoolArray, FloatArray, Known, StrArray
from forecast.rate import LEAST_POINTS, rate_of_change

RISING_M_MIN = 0.001  # 1 mm/min: above the steps of a gauge at rest
FALLING_M_MIN = -0.0005  # water leaves more slowly than it comes
DRY_M = 0.01  # the step of common ultrasonic gauges: below it nobody can tell wet from dry
LIVELY_MIN = 15.0  # the rate counts as much as the range of so many minutes

# A reading speaks for the present during three of its own intervals, but at least so long and at most so long.
STALE_INTERVALS = 3
FRESH_FOR_MIN = 15.0  # three issue times: one lost message of a five-minute gauge is no silence
STALE_AFTER_MIN = 60.0
# With fewer readings than a slope needs nobody can see how lively a site is; it is taken to be as the median wet site
# of the measured street floods.
UNSEEN_ACTIVITY_M = 0.05


class Regime(IntEnum):
    """Which way the water goes; errors differ more between these than between places."""

    FALLING = 0
    STEADY = 1
    RISING = 2
    DRY = 3


@dataclass(frozen=True, kw_only=True)
class State:
    """The sites that a forecast can be made for.

    Attributes:
        issue_time: T0.
        site_ids: Ascending, shape (n_sites,).
        is_road: Shape (n_sites,).
        level_m: The newest reading in metres, shape (n_sites,).
        age_min: Minutes since then, shape (n_sites,), 0 to STALE_AFTER_MIN.
        rate_m_min: m/min, shape (n_sites,); NaN where there are too few readings.
        activity_m: Metres, shape (n_sites,): range of the last hour and what the rate would add in LIVELY_MIN.
        regime: A Regime's number, shape (n_sites,).
    """

    issue_time: datetime
    site_ids: StrArray
    is_road: BoolArray
    level_m: FloatArray
    age_min: FloatArray
    rate_m_min: FloatArray
    activity_m: FloatArray
    regime: npt.NDArray[np.int64]

    def only(self, sites: npt.NDArray[np.int64]) -> "State":
        """The state of some of the sites, by their index, shape (n_chosen,)."""
        return State(
            issue_time=self.issue_time,
            site_ids=self.site_ids[sites],
            is_road=self.is_road[sites],
            level_m=self.level_m[sites],
            age_min=self.age_min[sites],
            rate_m_min=self.rate_m_min[sites],
            activity_m=self.activity_m[sites],
            regime=self.regime[sites],
        )


def state_of(known: Known) -> State:
    """The state of every site whose newest reading still speaks for the present.

    A road gauge that last said "dry" is believed for an hour, as many report by exception and are silent while
    nothing stands there; one that fell silent over water is not, however slowly it fell.
    """
    fresh = known.age_min[:, 0] <= _stale_after(known)
    age, level, is_road = known.age_min[fresh], known.level_m[fresh], known.is_road[fresh]
    rate = rate_of_change(age, level)
    return State(
        issue_time=known.issue_time,
        site_ids=known.site_ids[fresh],
        is_road=is_road,
        level_m=np.where(is_road, np.maximum(level[:, 0], 0.0), level[:, 0]),
        age_min=age[:, 0],
        rate_m_min=rate,
        activity_m=_activity(level, rate),
        regime=_regime(is_road, level[:, 0], rate),
    )


def _stale_after(known: Known) -> FloatArray:
    count = np.count_nonzero(~np.isnan(known.age_min), axis=1)
    oldest = known.age_min[np.arange(len(count)), np.maximum(count - 1, 0)]
    interval = (oldest - known.age_min[:, 0]) / np.maximum(count - 1, 1)  # 0 where there is but one reading
    limit = np.clip(STALE_INTERVALS * interval, FRESH_FOR_MIN, STALE_AFTER_MIN)
    return np.where(known.is_road & (known.level_m[:, 0] <= DRY_M), STALE_AFTER_MIN, limit)


def _activity(level_m: FloatArray, rate_m_min: FloatArray) -> FloatArray:
    if not len(level_m):
        return np.empty(0)
    span = np.nanmax(level_m, axis=1) - np.nanmin(level_m, axis=1)
    seen = np.count_nonzero(~np.isnan(level_m), axis=1) >= LEAST_POINTS
    return np.where(seen, span + LIVELY_MIN * np.abs(np.nan_to_num(rate_m_min)), UNSEEN_ACTIVITY_M)


def _regime(is_road: BoolArray, level_m: FloatArray, rate_m_min: FloatArray) -> npt.NDArray[np.int64]:
    rate = np.nan_to_num(rate_m_min)
    return np.select(
        [rate > RISING_M_MIN, is_road & (level_m <= DRY_M), rate < FALLING_M_MIN],
        [Regime.RISING, Regime.DRY, Regime.FALLING],
        Regime.STEADY,
    ).astype(np.int64)
