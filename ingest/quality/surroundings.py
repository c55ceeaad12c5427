"""NEIGHBOUR and RAIN: what the weather and the gauges all around say. They make a reading suspect and never bad.

Evidence is only what was heard. A rain gauge that is silent is no dry weather, and most streets have no second gauge.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from floodcore.domain.quality import Flag
from ingest.quality.series import GAP_S, ROAD_LIKE, BoolArray, FloatArray, IntArray, Series

WET_M = 0.05  # the depth of the first notice
DEEP_M = 0.15  # the first threshold: worth asking the neighbours
AGREE_M = 0.30  # two gauges of one underpass may stand so far apart, on either side of its dip
RAIN_BACK_S = 6 * 3600.0  # ponds of the city's list stand for one to four hours after the rain
RAIN_HEARD = 6  # records in that time, or the gauge reports too seldom to say that it was dry
DRY_MM = 0.5  # two tips of a bucket: dew, a bird


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What was heard around a gauge; only readings that are usable by themselves.

    Attributes:
        rain: Amounts of the rain gauges around, mm.
        near: Levels of the nearest gauges over roads, m.
        beside: Levels of the other gauges of the same site, m.
    """

    rain: tuple[Series, ...] = ()
    near: tuple[Series, ...] = ()
    beside: tuple[Series, ...] = ()

    def is_rainless(self, at_s: FloatArray) -> BoolArray:
        """Whether it is known that no rain fell in the six hours (in s, RAIN_BACK_S) before, shape (n_times,)."""
        known = np.zeros(len(at_s), dtype=np.bool_)
        for gauge in self.rain:
            first, after = _six_hours(gauge, at_s)
            spoke_s = np.concatenate((gauge.at_s, [np.inf]))
            first_s, last_s = spoke_s[np.minimum(first, len(gauge))], np.concatenate(([-np.inf], gauge.at_s))[after]
            in_time = (at_s - last_s <= GAP_S) & (first_s - (at_s - RAIN_BACK_S) <= GAP_S)
            known |= in_time & (after - first >= RAIN_HEARD)
        return known & ~self._rained(at_s)

    def is_dry(self, at_s: FloatArray) -> BoolArray:
        """Whether it is known that neither rain fell (mm) nor a gauge around was wet (m), shape (n_times,)."""
        return self.is_rainless(at_s) & ~self._is_water_around(at_s)

    def is_wet(self, at_s: FloatArray) -> BoolArray:
        """Whether it is known that rain fell (mm) or a gauge around was wet (m), shape (n_times,)."""
        return self._rained(at_s) | self._is_water_around(at_s)

    def _rained(self, at_s: FloatArray) -> BoolArray:
        rained = np.zeros(len(at_s), dtype=np.bool_)
        for gauge in self.rain:
            first, after = _six_hours(gauge, at_s)
            fallen = np.concatenate(([0.0], np.cumsum(gauge.value)))
            rained |= fallen[after] - fallen[first] >= DRY_MM
        return rained

    def _is_water_around(self, at_s: FloatArray) -> BoolArray:
        water = np.zeros(len(at_s), dtype=np.bool_)
        for gauge in (*self.near, *self.beside):
            water |= _then(gauge, at_s) >= WET_M
        return water

    def doubts(self, level: Series) -> IntArray:
        """NEIGHBOUR and RAIN for readings over a road (m), as flags of shape (n_readings,)."""
        flags = np.zeros(len(level), dtype=np.int64)
        if level.kind not in ROAD_LIKE:
            return flags
        flags[(level.value >= WET_M) & self.is_rainless(level.at_s)] |= Flag.RAIN
        flags[self._stands_alone(level) | self._differs(level)] |= Flag.NEIGHBOUR
        return flags

    def _stands_alone(self, level: Series) -> BoolArray:
        """Deep here, and at least two gauges around were heard and are all dry."""
        heard = [_then(gauge, level.at_s) for gauge in self.near]
        if len(heard) < 2:
            return np.zeros(len(level), dtype=np.bool_)
        known = np.isfinite(heard).sum(axis=0)
        wettest = np.nanmax([*heard, np.full(len(level), -np.inf)], axis=0)
        alone: BoolArray = (level.value >= DEEP_M) & (known >= 2) & (wettest < WET_M)
        return alone

    def _differs(self, level: Series) -> BoolArray:
        """Every other gauge of the site that was heard says something else."""
        apart = [np.abs(_then(gauge, level.at_s) - level.value) for gauge in self.beside]
        if not apart:
            return np.zeros(len(level), dtype=np.bool_)
        closest = np.fmin.reduce(apart)
        differs: BoolArray = closest > AGREE_M
        return differs


def _six_hours(gauge: Series, at_s: FloatArray) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """From which record on, and up to before which, those of the six hours before each moment are."""
    first = np.searchsorted(gauge.at_s, at_s - RAIN_BACK_S, side="right")
    return first, np.searchsorted(gauge.at_s, at_s, side="right")


def _then(gauge: Series, at_s: FloatArray) -> FloatArray:
    """What a gauge last said in the half hour before each moment; NaN where it was not heard."""
    value, spoke_s = np.concatenate(([np.nan], gauge.value)), np.concatenate(([-np.inf], gauge.at_s))
    last = np.searchsorted(gauge.at_s, at_s, side="right")
    return np.where(at_s - spoke_s[last] <= GAP_S, value[last], np.nan)


UNSEEN = Surroundings()
