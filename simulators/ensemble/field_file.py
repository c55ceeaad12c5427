"""Rain over a city and the land around it on a grid, in one file."""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil, cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.area import Area
from simulators.storms.storm import Storm

CELL_M = 1_000.0
SCAN_EVERY = timedelta(minutes=5)
# Beyond the city on every side: what moves at 10 m/s is seen half an hour before it is there. Our choice.
AROUND_M = 20_000.0
M_PER_DEGREE = 111_195.0  # of a great circle, on a sphere of 6,371 km


def field_bytes(storm: Storm, area: Area, start: datetime, end: datetime) -> bytes:
    """The field as a compressed `.npz`, the same bytes for the same storm.

    `at`: when, UTC, shape (n_times,), every five minutes from the start to before the end. `lon`, `lat`: middles of the
    cells of about 1 km, degrees, shapes (n_x,) and (n_y,), from west and from south. `true_mm_h`: rain as it falls in
    the minute from `at` on, to a tenth, shape (n_times, n_y, n_x).
    """
    lon, lat = grid(area)
    places = tuple(axis.ravel() for axis in np.meshgrid(lon, lat))
    at = [start + number * SCAN_EVERY for number in range(-(-(end - start) // SCAN_EVERY))]
    true = np.array([storm.intensity(moment, *places) for moment in at])
    return _packed(
        {
            "at": np.array([moment.replace(tzinfo=None) for moment in at], dtype="datetime64[us]"),
            "lon": lon,
            "lat": lat,
            "true_mm_h": true.reshape(len(at), len(lat), len(lon)).round(1).astype(np.float32),
        }
    )


def grid(area: Area) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes of the middles of cells that cover an area and what is around it."""
    middle = (area.south + area.north) / 2
    return (
        _axis(area.west, area.east, M_PER_DEGREE * cos(radians(middle))),
        _axis(area.south, area.north, M_PER_DEGREE),
    )


def _axis(low: float, high: float, m_per_degree: float) -> NDArray[np.float64]:
    count = ceil(((high - low) * m_per_degree + 2 * AROUND_M) / CELL_M)
    offsets_m = (np.arange(count, dtype=np.float64) - (count - 1) / 2) * CELL_M
    return (low + high) / 2 + offsets_m / m_per_degree


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stubs take each name for its own option
    return file.getvalue()
