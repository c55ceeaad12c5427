"""Rain over a city and the land around it, as a radar shows it and as it fell, in one file."""

import io
from collections.abc import Mapping
from datetime import datetime
from math import cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.geo import M_PER_DEGREE
from simulators.area import Area
from simulators.storms.field import rain_field
from simulators.storms.storm import Storm

# Beyond the city on every side: what moves at 10 m/s is seen half an hour before it is there. Our choice.
AROUND_M = 20_000.0


def field_bytes(storm: Storm, area: Area, start: datetime, end: datetime, seed: int) -> bytes:
    """The field as a compressed `.npz`, the same bytes for the same storm and seed.

    `at`: when each step of five minutes begins, UTC, shape (n_times,). `lon`, `lat`: middles of cells of a kilometre,
    degrees, shapes (n_x,) and (n_y,), from west and from south. `radar_mm_h` and `true_mm_h`: as `rain_field` has them,
    shape (n_times, n_y, n_x), NaN where a scan is missing; the truth is rounded to a tenth.
    """
    field = rain_field(storm, around(area), start, end, seed)
    return _packed(
        {
            "at": np.array([moment.replace(tzinfo=None) for moment in field.at], dtype="datetime64[us]"),
            "lon": field.lon,
            "lat": field.lat,
            "true_mm_h": field.true_mm_h.round(1),
            "radar_mm_h": field.radar_mm_h,
        }
    )


def around(area: Area) -> Area:
    """An area and AROUND_M beyond it on every side, as far as the earth goes."""
    north = AROUND_M / M_PER_DEGREE
    east = north / max(cos(radians((area.south + area.north) / 2)), 0.01)
    return Area(
        west=max(area.west - east, -180.0),
        south=max(area.south - north, -90.0),
        east=min(area.east + east, 180.0),
        north=min(area.north + north, 90.0),
    )


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stubs take each name for its own option
    return file.getvalue()
