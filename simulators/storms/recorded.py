"""A constructed storm: given hours of rain at one station, and a field around it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.storms.frame import Frame
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
HOUR = timedelta(hours=1)
HALF_M = 15_000.0  # half a city's width; on other areas the field is drawn to their size
LONG = 1.5  # the core is so much longer along its way than across: our choice
LEAST_BROAD, MOST_BROAD = 0.2, 2.0  # of the station's broad rain falls anywhere: our choice
BURSTS = ((3, 0.35, 0.0), (7, 0.20, 1.0))  # whole waves an hour, so that the hour's mean stays: our choice


@dataclass(frozen=True, kw_only=True)
class Course:
    """Hours of rain at the station, and how the field lies around it.

    Attributes:
        start: Of the first hour, aware.
        hours_mm: Rain of each hour from `start` on.
        gusty: From which to before which hour the minutes differ.
        core: From which to before which hour a core passes over the station; else the rain is broad.
        speed_m_s: Of the core, from the west to the east.
        core_m: Standard deviation of the core across its way.
        west, south: So much more falls HALF_M to the west, or the south, of the station, of the broad rain.
    """

    start: datetime
    hours_mm: tuple[float, ...]
    gusty: tuple[int, int] = (0, 0)
    core: tuple[int, int] = (0, 0)
    speed_m_s: float = 6.0
    core_m: float = 12_000.0
    west: float = 0.0
    south: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """At the station exactly its hours, elsewhere the field around it.

    Attributes:
        frame: Whose middle is the station.
        scale: The field is drawn so much larger than over a city of twice HALF_M.
    """

    label: Label
    course: Course
    frame: Frame
    scale: float = 1.0

    @property
    def start(self) -> datetime:
        """When its first hour begins."""
        return self.course.start

    @property
    def end(self) -> datetime:
        """When its last hour is over."""
        return self.course.start + len(self.course.hours_mm) * HOUR

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Broad rain at this moment, and a core that comes from the west."""
        course = self.course
        east_m, north_m = (metres / self.scale for metres in self.frame.metres(lon, lat))
        minutes = (at - self.start).total_seconds() / 60
        slope = (course.west * east_m + course.south * north_m) / HALF_M
        broad = self._broad(np.full(len(lon), minutes)) * np.clip(1 - slope, LEAST_BROAD, MOST_BROAD)
        later = minutes - east_m / course.speed_m_s / 60
        off = np.exp(-(north_m**2 + (east_m / LONG) ** 2) / (2 * course.core_m**2))
        mm_h: FloatArray = (broad + self._core(later) * off) * self._gust(minutes)
        return mm_h

    def _broad(self, minutes: FloatArray) -> FloatArray:
        return np.where(self._is_core(minutes), 0.0, self._station_mm_h(minutes))

    def _core(self, minutes: FloatArray) -> FloatArray:
        return np.where(self._is_core(minutes), self._station_mm_h(minutes), 0.0)

    def _is_core(self, minutes: FloatArray) -> NDArray[np.bool_]:
        first, past = self.course.core
        return (minutes >= first * 60) & (minutes < past * 60)

    def _station_mm_h(self, minutes: FloatArray) -> FloatArray:
        """The mean of the hour in which a moment lies."""
        hours_mm = self.course.hours_mm
        hour = np.floor((minutes + 1e-6) / 60).astype(int)
        falls = (hour >= 0) & (hour < len(hours_mm))
        return np.where(falls, np.array(hours_mm)[np.clip(hour, 0, len(hours_mm) - 1)], 0.0)

    def _gust(self, minutes: float) -> float:
        """Times the hour's mean, by the minute in which a moment lies; everywhere at once."""
        first, past = self.course.gusty
        if not first * 60 <= minutes < past * 60:
            return 1.0
        phase = 2 * np.pi * (np.floor(minutes + 1e-6) % 60) / 60
        return float(1 + sum(size * np.sin(number * phase + shift) for number, size, shift in BURSTS))
