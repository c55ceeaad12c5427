"""Rain as the spiral bands of a typhoon that turn around its moving eye."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.storms.cells import Frame
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Bands:
    """A typhoon's spiral bands that turn around a moving eye."""

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
        """Strong where a band passes, weaker with the distance from the eye; it comes and goes by a sine."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        seconds = (at - self.start).total_seconds() + 30
        east, north = self.frame.metres(lon, lat)
        east = east - self.east_m - self.east_m_s * seconds
        north = north - self.north_m - self.north_m_s * seconds
        away = np.hypot(east, north)
        angle = (
            np.arctan2(north, east) - 2 * np.pi * self.turns_per_h * seconds / 3600 - 2 * np.pi * away / self.pitch_m
        )
        band = (0.5 + 0.5 * np.cos(self.n_bands * angle)) ** 2
        swell = np.sin(np.pi * seconds / (self.end - self.start).total_seconds())
        mm_h: FloatArray = np.maximum(self.peak_mm_h * swell * (0.15 + 0.85 * band) * np.exp(-away / self.reach_m), 0.0)
        return mm_h


def typhoon(
    label: Label, start: datetime, frame: Frame, rng: np.random.Generator, hours: float, strength: float
) -> Bands:
    """A typhoon that passes an area at some distance; all sizes are guessed.

    Args:
        label: What is said about it.
        start: Aware.
        frame: Of the area.
        rng: Decides all else.
        hours: How long it rains.
        strength: All intensities are multiplied by it.
    """
    heading, away = rng.uniform(0, 2 * np.pi), rng.uniform(20_000.0, 90_000.0)
    pace = rng.uniform(3.0, 7.0)
    way = pace * hours * 3600 / 2
    return Bands(
        label=label,
        start=start,
        end=start + timedelta(hours=hours),
        frame=frame,
        east_m=float(-way * np.cos(heading) - away * np.sin(heading)),
        north_m=float(-way * np.sin(heading) + away * np.cos(heading)),
        east_m_s=float(pace * np.cos(heading)),
        north_m_s=float(pace * np.sin(heading)),
        n_bands=int(rng.integers(2, 5)),
        turns_per_h=float(rng.uniform(0.1, 0.3)),
        pitch_m=float(rng.uniform(60_000.0, 120_000.0)),
        peak_mm_h=float(strength * 60.0 * rng.lognormal(0, 0.4)),
        reach_m=float(rng.uniform(60_000.0, 150_000.0)),
    )
