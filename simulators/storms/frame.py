"""Metres around a point: storms are kilometres wide, places are given in degrees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.geo import M_PER_DEGREE
from floodcore.domain.site import Place
from simulators.area import Area

FloatArray = NDArray[np.float64]
NEAR_DEG = 0.2  # about 20 km: so far around an area its rain is alike. Our choice


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Metres east and north of a point; good to a per cent within 100 km of it, away from the poles."""

    lon: float
    lat: float

    @classmethod
    def of(cls, area: Area) -> "Frame":
        """Around an area's middle."""
        return cls(lon=(area.west + area.east) / 2, lat=(area.south + area.north) / 2)

    @property
    def m_per_degree_east(self) -> float:
        """Of longitude, here."""
        return float(M_PER_DEGREE * np.cos(np.radians(self.lat)))

    def size_m(self, area: Area) -> tuple[float, float]:
        """Width and height of an area."""
        return (area.east - area.west) * self.m_per_degree_east, (area.north - area.south) * M_PER_DEGREE

    def metres(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where places are, to the east and to the north, shape (n,) each."""
        return (lon - self.lon) * self.m_per_degree_east, (lat - self.lat) * M_PER_DEGREE


def is_near(place: Place, area: Area) -> bool:
    """Whether a place is in an area or NEAR_DEG around it."""
    return (
        area.west - NEAR_DEG <= place.lon <= area.east + NEAR_DEG
        and area.south - NEAR_DEG <= place.lat <= area.north + NEAR_DEG
    )
