"""Rain of a typhoon: spiral bands that turn around an eye that moves."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from simulators.storms.frame import Frame
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
BETWEEN = 0.15  # of a band's rain falls between the bands: our choice


@dataclass(frozen=True, kw_only=True)
class Bands:
    """A typhoon; on the northern half of the earth it turns against the clock, on the southern with it.

    Attributes:
        frame: From whose middle metres are counted.
        east_m, north_m: Where the eye is at the start.
        east_m_s, north_m_s: How it moves.
        n_bands: That trail behind the turning, each a spiral.
        turns_per_h: Of the bands around the eye.
        pitch_m: So much farther out a band lies one turn back.
        peak_mm_h: In a band close to the eye at half the storm; it comes and goes by a sine.
        reach_m: From the eye to where the rain has fallen to 1/e.
    """

    label: Label
    start: datetime
    end: datetime
    frame: Frame
    east_m: float
    north_m: float
    east_m_s: float
    north_m_s: float
    n_bands: int
    turns_per_h: float
    pitch_m: float
    peak_mm_h: float
    reach_m: float

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Strong where a band passes, weaker with the distance from the eye, in the middle of the minute."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        seconds = (at - self.start).total_seconds() + 30
        east, north = self.frame.metres(lon, lat)
        east = east - self.east_m - self.east_m_s * seconds
        north = north - self.north_m - self.north_m_s * seconds
        away = np.hypot(east, north)
        against_clock = 1 if self.frame.lat >= 0 else -1
        turns = self.turns_per_h * seconds / 3600 - away / self.pitch_m
        angle = np.arctan2(north, east) - against_clock * 2 * np.pi * turns
        band = (0.5 + 0.5 * np.cos(self.n_bands * angle)) ** 2
        swell = np.sin(np.pi * min(seconds / (self.end - self.start).total_seconds(), 1.0))
        rain = self.peak_mm_h * swell * (BETWEEN + (1 - BETWEEN) * band) * np.exp(-away / self.reach_m)
        return np.asarray(np.maximum(rain, 0.0), dtype=np.float64)
