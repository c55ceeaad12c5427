"""Storms of record, constructed from their published totals: nobody here has their series, and they say so.

The hours at Zhengzhou's national station (57083) are laid out so that every total that is known comes out; what lies
between the totals is ours. The station is put where the crossing lies that is usually named for it: approximate.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place
from simulators.area import Area
from simulators.storms.frame import M_PER_DEGREE
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
HOUR = timedelta(hours=1)
STATION = Place(lon=113.65, lat=34.72)  # approximate
CITY_M = 30_000.0  # across; on other areas the field is drawn to their size
BURSTS = ((3, 0.35, 0.0), (7, 0.20, 1.0))  # whole waves an hour, so that the hour's mean stays: our choice


@dataclass(frozen=True, kw_only=True)
class Course:
    """Hours of rain at the station, and how the field lies around it.

    Attributes:
        hours_mm: Rain of each hour from `start` on.
        gusty: From which to before which hour the minutes differ.
        core: From which to before which hour a core passes over the station; else the rain is broad.
        speed_m_s: Of the core, from the west to the east.
        west, south: So much more falls one half width to the west, or the south, of the station, of the broad rain.
        core_m: Standard deviation of the core across and along its way; None where there is none.
    """

    start: datetime
    hours_mm: tuple[float, ...]
    gusty: tuple[int, int] = (0, 0)
    core: tuple[int, int] = (0, 0)
    speed_m_s: float = 4.0
    west: float = 0.0
    south: float = 0.0
    core_m: float = 12_000.0


class Recorded:
    """A constructed storm over an area: at the station exactly its hours, elsewhere the field around it."""

    def __init__(self, label: Label, course: Course, area: Area, station: Place) -> None:
        self.label, self._course, self._station = label, course, station
        self.start, self.end = course.start, course.start + len(course.hours_mm) * HOUR
        height = (area.north - area.south) * M_PER_DEGREE
        self._lon_m = M_PER_DEGREE * np.cos(np.radians(station.lat))
        self._scale = max(height, (area.east - area.west) * self._lon_m) / CITY_M

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Broad rain at this moment, and a core that comes from the west."""
        course, size = self._course, self._scale
        east_m, north_m = (lon - self._station.lon) * self._lon_m, (lat - self._station.lat) * M_PER_DEGREE
        minutes = (at - self.start).total_seconds() / 60
        slope = (course.west * east_m + course.south * north_m) / (size * CITY_M / 2)
        broad = self._broad(np.full(len(lon), minutes)) * np.clip(1 - slope, 0.2, 2.0)
        later = minutes - east_m / size / course.speed_m_s / 60
        across = np.exp(-((north_m / size) ** 2 + (east_m / size / 1.5) ** 2) / (2 * course.core_m**2))
        mm_h: FloatArray = (broad + self._core(later) * across) * self._gust(minutes)
        return mm_h

    def _broad(self, minutes: FloatArray) -> FloatArray:
        return np.where(self._is_core(minutes), 0.0, self._station_mm_h(minutes))

    def _core(self, minutes: FloatArray) -> FloatArray:
        return np.where(self._is_core(minutes), self._station_mm_h(minutes), 0.0)

    def _is_core(self, minutes: FloatArray) -> NDArray[np.bool_]:
        first, past = self._course.core
        return (minutes >= first * 60) & (minutes < past * 60)

    def _station_mm_h(self, minutes: FloatArray) -> FloatArray:
        """The mean of the hour in which a moment lies."""
        hours_mm = self._course.hours_mm
        hour = np.floor((minutes + 1e-6) / 60).astype(int)
        falls = (hour >= 0) & (hour < len(hours_mm))
        return np.where(falls, np.array(hours_mm)[np.clip(hour, 0, len(hours_mm) - 1)], 0.0)

    def _gust(self, minutes: float) -> float:
        """Times the hour's mean, by the minute in which a moment lies; everywhere at once."""
        first, past = self._course.gusty
        if not first * 60 <= minutes < past * 60:
            return 1.0
        phase = 2 * np.pi * (np.floor(minutes + 1e-6) % 60) / 60
        return float(1 + sum(size * np.sin(number * phase + shift) for number, size, shift in BURSTS))


# 20 July 2021, from 17 July 20:00 Beijing time on. 48 h with 64.6 mm; then, from 19 July 20:00 on, 50 mm by 06:00 and
# 200 mm by 16:00 (a secondary source), 201.9 mm from 16 to 17 h, 150.6 until 20 h: 552.5 mm in the 24 h. With 91.6 mm
# until midnight the calendar day has 624.1 mm, which is the largest 24 h; in which window it fell nobody says.
# Sources: the city's weather service as quoted at yhppr.com/newsview.asp?id=1498 (201.9, 552.5, 617.1); the answers of
# the State Council's investigators, epaper.lnd.com.cn, 22 January 2022 (624.1). More fell in the west and south-west,
# 333 mm in three hours somewhere; the core went from west to east (J. Appl. Meteor. Sci. 33(6):668). How much: ours.
CALM = (0.4,) * 24 + (1.5,) * 12 + (3.0,) * 12  # 9.6 + 18 + 36 = 63.6 mm
REST = 64.6 - sum(CALM)
JULY_2021 = Course(
    start=datetime(2021, 7, 17, 12, tzinfo=UTC),
    hours_mm=(
        *(*CALM[:-1], CALM[-1] + REST),
        *(5.0,) * 10,
        *(8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 15.0, 18.0, 22.0, 32.0),
        *(201.9, 85.0, 42.0, 23.6),
        *(35.0, 26.0, 18.0, 12.6),
        *(3.0, 2.0, 2.0, 1.0, 1.0, 1.0),
    ),
    gusty=(58, 72),
    core=(67, 70),
    west=0.35,
    south=0.15,
)
# 29 July 2023, 08 to 14 h Beijing time: city mean 30.7 mm; nowhere did water stand.
JULY_2023 = Course(start=datetime(2023, 7, 29, tzinfo=UTC), hours_mm=(3.0, 5.5, 8.2, 7.0, 4.5, 2.5), west=0.0)
# 11 to 12 July 2024: main city 50.2 mm in 18 h, six short ponds; four tenths of it in one shower, the rest evenly: ours.
JULY_2024 = Course(start=datetime(2024, 7, 11, 10, tzinfo=UTC), hours_mm=(*(1.67,) * 7, 4.0, 17.15, 4.0, *(1.67,) * 8))
# 24 to 25 September 2021: 44.8 mm, four short cuts of roads; that it took 24 h, and in what hours, is ours.
SEPTEMBER_2021 = Course(
    start=datetime(2021, 9, 24, 4, tzinfo=UTC), hours_mm=(*(1.12,) * 10, 3.2, 14.88, 3.2, *(1.12,) * 11)
)
