"""Rain as cells that are born, grow, move and die, over even rain."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from simulators.area import Area
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
M_PER_DEGREE = 111_195.0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Metres east and north of an area's middle."""

    lon: float
    lat: float
    width_m: float
    height_m: float

    @classmethod
    def of(cls, area: Area, least_m: float = 8_000.0) -> "Frame":
        """An area's; a point-like one counts as a small town."""
        lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
        width = (area.east - area.west) * M_PER_DEGREE * np.cos(np.radians(lat))
        height = (area.north - area.south) * M_PER_DEGREE
        return cls(lon=lon, lat=lat, width_m=max(float(width), least_m), height_m=max(height, least_m))

    def metres(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where places are, shape (n,) each."""
        east = (lon - self.lon) * M_PER_DEGREE * np.cos(np.radians(self.lat))
        return east, (lat - self.lat) * M_PER_DEGREE


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Gaussian cells that are born, grow, move and die; arrays have one entry a cell.

    Attributes:
        born_min, life_min: From the storm's start.
        east_m, north_m: Where each is born.
        east_m_s, north_m_s: How it moves.
        radius_m: Standard deviation of its rain.
        peak_mm_h: In its middle at half its life; it grows and decays by a sine.
        base_mm_h: Even rain between `start` and `end`, beside the cells.
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
        """The sum of the cells that live, in the middle of the minute."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        minute = (at - self.start).total_seconds() / 60 + 0.5
        age = minute - self.born_min
        lives = np.flatnonzero((age > 0) & (age < self.life_min))
        whole = np.full(
            len(lon), self.base_mm_h * np.sin(np.pi * minute / ((self.end - self.start).total_seconds() / 60))
        )
        if not lives.size:
            even: FloatArray = np.maximum(whole, 0.0)
            return even
        age = age[lives]
        strength = self.peak_mm_h[lives] * np.sin(np.pi * age / self.life_min[lives])
        east, north = self.frame.metres(lon, lat)
        off_east = east[:, None] - (self.east_m[lives] + self.east_m_s[lives] * age * 60)
        off_north = north[:, None] - (self.north_m[lives] + self.north_m_s[lives] * age * 60)
        spread = np.exp(-(off_east**2 + off_north**2) / (2 * self.radius_m[lives] ** 2))
        mm_h: FloatArray = np.maximum(whole + spread @ strength, 0.0)
        return mm_h
