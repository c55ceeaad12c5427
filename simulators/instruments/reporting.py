"""When a gauge speaks: seldom in dry weather, often in rain, every minute over a limit (越限加报)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.draws import Draws, For
from simulators.instruments.habits import MINUTE
from simulators.instruments.instrument import DRY, LEVELS, LIMIT_M, RISE_M, ROAD, WATER_M

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

RAIN_MM_H = 0.1  # less is no rain to any gauge
LINGERS = 30  # minutes for which a gauge stays awake after rain or water; our choice
HOUR = 60  # minutes between two words about battery and radio; our choice


class Reporting:
    """Each gauge has a phase of its own, and decides by what it shows, right or wrong."""

    def __init__(self, gauges: Sequence[Gauge], draws: Draws) -> None:
        kinds = [gauge.kind for gauge in gauges]
        self._is_road = np.array([kind in ROAD for kind in kinds], dtype=np.bool_)
        self._is_level = np.array([kind in LEVELS for kind in kinds], dtype=np.bool_)
        self._is_pump = np.array([kind is GaugeKind.PUMP for kind in kinds], dtype=np.bool_)
        self._interval = np.array([max(1, round(gauge.interval / MINUTE)) for gauge in gauges], dtype=np.int64)
        self._phase = np.floor(HOUR * draws.uniform(For.CHARACTER, 0, 4)).astype(np.int64)
        self._awake_until = np.zeros(len(gauges), dtype=np.int64)
        self._last = np.full(len(gauges), np.nan)

    def speaks(self, shown: FloatArray, rain_mm_h: FloatArray, minute: int) -> tuple[BoolArray, BoolArray]:
        """Which gauges make a record in this minute, and which of them speak of battery and radio, too.

        Args:
            shown: By each gauge: m over its zero, m3/s, or 0 and 1; shape (n_gauges,).
            rain_mm_h: Over each gauge, shape (n_gauges,).
            minute: Counted from 1970.

        Returns:
            Two arrays of shape (n_gauges,), for this one minute.
        """
        water = self._is_road & (shown >= WATER_M)
        self._awake_until[water | (rain_mm_h >= RAIN_MM_H)] = minute + LINGERS
        turn = minute + self._phase
        regular = np.where(self._awake_until >= minute, turn % self._interval == 0, False)
        moved = shown - self._last  # NaN in the first minute: nothing has moved
        at_once = (self._is_road & (shown >= LIMIT_M)) | (self._is_level & (moved > RISE_M))
        at_once |= self._is_pump & (np.abs(moved) > 0)
        self._last = shown
        dry = turn % (DRY // MINUTE) == 0
        return regular | at_once | dry, turn % HOUR == 0
