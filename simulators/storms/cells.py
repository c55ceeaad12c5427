"""Rain of moving cells, and even rain beside it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from simulators.storms.frame import Frame
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Gaussian cells that are born, grow, move and die; arrays have one entry a cell.

    Attributes:
        frame: From whose middle metres are counted.
        born_min, life_min: From the storm's start, and from birth to death.
        east_m, north_m: Where each is born.
        east_m_s, north_m_s: How it moves.
        radius_m: Standard deviation of its rain.
        peak_mm_h: In its middle at half its life; it grows and decays by a sine.
        base_mm_h: Even rain beside the cells, at half the storm; it comes and goes by a sine.
    """

    label: Label
    start: datetime
    end: datetime
    frame: Frame
    born_min: FloatArray
    life_min: FloatArray
    east_m: FloatArray
    north_m: FloatArray
    east_m_s: FloatArray
    north_m_s: FloatArray
    radius_m: FloatArray
    peak_mm_h: FloatArray
    base_mm_h: float = 0.0

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """The even rain and the sum of the cells that live, in the middle of the minute."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        seconds = (at - self.start).total_seconds() + 30
        share = min(seconds / (self.end - self.start).total_seconds(), 1.0)
        even = self.base_mm_h * np.sin(np.pi * share)
        mm_h: FloatArray = np.maximum(even + self._of_cells(seconds / 60, lon, lat), 0.0)
        return mm_h

    def _of_cells(self, minute: float, lon: FloatArray, lat: FloatArray) -> FloatArray:
        age = minute - self.born_min
        lives = np.flatnonzero((age > 0) & (age < self.life_min))
        age = age[lives]
        strength = self.peak_mm_h[lives] * np.sin(np.pi * age / self.life_min[lives])
        east, north = self.frame.metres(lon, lat)
        off_east = east[:, None] - (self.east_m[lives] + self.east_m_s[lives] * age * 60)
        off_north = north[:, None] - (self.north_m[lives] + self.north_m_s[lives] * age * 60)
        spread = np.exp(-(off_east**2 + off_north**2) / (2 * self.radius_m[lives] ** 2))
        return np.asarray(spread @ strength, dtype=np.float64)
