"""Metres east and north of the middle of the city, and back to degrees."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LON_0, LAT_0 = 113.66, 34.765  # between the railway station and the ring roads; any point in the city would do
# Length of a degree at this latitude, by the usual series of the WGS 84 ellipsoid. Straight over 30 km: 0.2 % off.
M_PER_DEG_LON = 111_412.84 * np.cos(np.radians(LAT_0)) - 93.5 * np.cos(3 * np.radians(LAT_0))
M_PER_DEG_LAT = 111_132.95 - 559.85 * np.cos(2 * np.radians(LAT_0))


def to_m(lon: FloatArray | float, lat: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Degrees to metres east and north, same shape."""
    x = (np.asarray(lon, dtype=np.float64) - LON_0) * M_PER_DEG_LON
    y = (np.asarray(lat, dtype=np.float64) - LAT_0) * M_PER_DEG_LAT
    return x, y


def to_deg(x: FloatArray | float, y: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Metres east and north to degrees, same shape; to the sixth place, 0.1 m."""
    lon = np.asarray(x, dtype=np.float64) / M_PER_DEG_LON + LON_0
    lat = np.asarray(y, dtype=np.float64) / M_PER_DEG_LAT + LAT_0
    return np.round(lon, 6), np.round(lat, 6)
