"""Whether a gauge can be heard: its connection breaks now and then, and more often when it pours."""

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.draws import Draws, For
from simulators.instruments.habits import DAY
from simulators.instruments.rates import FaultRates

FloatArray = NDArray[np.float64]

HEAVY_MM_H = 20.0  # short-time heavy rain (短时强降水) begins here with the China Meteorological Administration
LASTS = (20, 180)  # minutes; our choice
NEAR_DBW, FAR_DBW = -110.0, -145.0  # what a near gateway hears, and what LoRa just makes out; approximate
FADE_DB_MM_H = 0.1  # our choice: wet leaves and masts, not the rain itself, which hardly fades below 1 GHz
FLICKER_DB = 3.0  # our choice


class Radio:
    """The connections of many gauges; it remembers until when each is cut."""

    def __init__(self, count: int, rates: FaultRates, draws: Draws) -> None:
        self._draws = draws
        self._a_minute = rates.outages_per_day / DAY
        self._a_heavy_minute = rates.outages_per_heavy_hour / 60
        self._cut_until = np.zeros(count, dtype=np.int64)
        self._usual_dbw = NEAR_DBW + (FAR_DBW - NEAR_DBW) * draws.uniform(For.CHARACTER, 0, 6)

    def is_cut(self, rain_mm_h: FloatArray, minute: int) -> NDArray[np.bool_]:
        """Which gauges cannot be heard.

        Args:
            rain_mm_h: Over each gauge, shape (n_gauges,).
            minute: Counted from 1970; the one after that of the call before.

        Returns:
            Shape (n_gauges,), for this one minute.
        """
        odds = self._a_minute + np.where(rain_mm_h >= HEAVY_MM_H, self._a_heavy_minute, 0.0)
        breaks = (self._draws.uniform(For.OUTAGE, minute) < odds) & (self._cut_until <= minute)
        if breaks.any():
            length = LASTS[0] + (LASTS[1] - LASTS[0]) * self._draws.uniform(For.OUTAGE_LENGTH, minute)
            self._cut_until[breaks] = minute + np.ceil(length[breaks]).astype(np.int64)
        return self._cut_until > minute

    def strength_dbw(self, rain_mm_h: FloatArray, minute: int) -> FloatArray:
        """How strongly each gauge is heard, in dBW; both of shape (n_gauges,), rain in mm/h."""
        flicker = FLICKER_DB * self._draws.normal(For.RADIO, minute)
        return np.round(self._usual_dbw - FADE_DB_MM_H * rain_mm_h + flicker)
