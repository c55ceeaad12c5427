"""Rain on a grid over an area: as it fell, and as a radar shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.geo import M_PER_DEGREE
from simulators.area import Area
from simulators.chance import chance
from simulators.storms.radar import TYPICAL, RadarErrors, seen
from simulators.storms.storm import Storm

FloatArray = NDArray[np.float64]
CELL_KM = 1.0
SCAN = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
LEAST_CELLS = 8  # each way, so that a point-like area has a field too
MOST_CELLS = 200  # each way; a larger area is a country, not a city


@dataclass(frozen=True, kw_only=True)
class RainField:
    """Rain over an area in steps of five minutes.

    Attributes:
        at: When each step begins, aware.
        lon, lat: Middles of the cells, shapes (nx,) and (ny,), rising.
        true_mm_h: Mean over the step, shape (n_times, ny, nx), at the middles of the cells.
        radar_mm_h: As a radar shows it that looks in the middle minute of the step; a scan that is missing is NaN.
    """

    at: tuple[datetime, ...]
    lon: FloatArray
    lat: FloatArray
    true_mm_h: NDArray[np.float32]
    radar_mm_h: NDArray[np.float32]


def rain_field(
    storm: Storm, area: Area, start: datetime, end: datetime, seed: int, errors: RadarErrors = TYPICAL
) -> RainField:
    """The field of a storm.

    Args:
        storm: What falls.
        area: The grid covers it.
        start, end: Aware; the steps that begin before `end`.
        seed: Of the radar's errors, together with the storm's name.
        errors: How large they are.
    """
    lon, lat = grid(area)
    every_lon, every_lat = (each.ravel() for each in np.meshgrid(lon, lat))
    at = tuple(start + number * SCAN for number in range(-(-(end - start) // SCAN)))
    minutes = SCAN // MINUTE
    true = np.empty((len(at), lat.size, lon.size))
    looked_at = np.empty_like(true)
    for number, begins in enumerate(at):
        rain = [storm.intensity(begins + later * MINUTE, every_lon, every_lat) for later in range(minutes)]
        true[number] = np.mean(rain, axis=0).reshape(lat.size, lon.size)
        looked_at[number] = rain[minutes // 2].reshape(lat.size, lon.size)
    radar = seen(looked_at, CELL_KM, chance(seed, f"radar over {storm.label.name}"), errors)
    return RainField(at=at, lon=lon, lat=lat, true_mm_h=true.astype(np.float32), radar_mm_h=radar.astype(np.float32))


def grid(area: Area) -> tuple[FloatArray, FloatArray]:
    """Middles of cells of a kilometre that cover an area; shapes (nx,) and (ny,), degrees."""
    lat_0, lon_0 = (area.south + area.north) / 2, (area.west + area.east) / 2
    km_lat = M_PER_DEGREE / 1000
    km_lon = km_lat * float(np.cos(np.radians(lat_0)))
    nx = _cells((area.east - area.west) * km_lon)
    ny = _cells((area.north - area.south) * km_lat)
    return _middles(lon_0, nx, CELL_KM / km_lon), _middles(lat_0, ny, CELL_KM / km_lat)


def _middles(centre: float, n: int, step: float) -> FloatArray:
    return np.asarray(centre + (np.arange(n) - (n - 1) / 2) * step, dtype=np.float64)


def _cells(km: float) -> int:
    return min(max(int(np.ceil(km / CELL_KM)), LEAST_CELLS), MOST_CELLS)
