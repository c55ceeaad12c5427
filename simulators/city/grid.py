"""The grid of city management (网格): three levels with the real counts, and invented outlines.

Published: 92 first-level, 1,090 second-level and 7,328 third-level grids in five districts and three development
zones. Where one ends and the next begins is not published; here each is cut in halves until there are enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place
from simulators.city.crossings import IntArray
from simulators.city.frame import FloatArray
from simulators.city.known import district_of, districts

COUNTS = (92, 1_090, 7_328)

# The three development zones lie over districts; their borders here are straight lines, roughly where the zones are.
ZONE_EAST, ZONE_SOUTH_EAST, ZONE_WEST = "郑东新区", "经济技术开发区", "高新技术产业开发区"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A grid of some level; its outline is a rectangle in degrees, and invented.

    Attributes:
        code: Such as `G2-0417`.
        level: 1 to 3.
        parent: Code of the grid that it belongs to; None on level 1.
        zone: District or development zone.
        place: Its middle.
    """

    code: str
    level: int
    parent: str | None
    zone: str
    place: Place
    west: float
    south: float
    east: float
    north: float


def cells_of(lon: FloatArray, lat: FloatArray) -> tuple[Cell, ...]:
    """Cut the city into grids, so that each has about as many street junctions as its neighbours.

    Args:
        lon, lat: Of the street junctions, shape (n,); there must be more of them than grids.

    Returns:
        All grids, level 1 first.
    """
    zone = _zones(lon, lat)
    names = [*(district.name for district in districts()), ZONE_EAST, ZONE_SOUTH_EAST, ZONE_WEST]
    above: list[tuple[IntArray, str | None, str]] = [
        (np.flatnonzero(zone == number), None, name) for number, name in enumerate(names) if (zone == number).any()
    ]
    found: list[Cell] = []
    for level, count in enumerate(COUNTS, start=1):
        shares = apportioned([members.size for members, _, _ in above], count)
        below: list[tuple[IntArray, str | None, str]] = []
        for (members, parent, name), share in zip(above, shares, strict=True):
            for piece in _cut(members, lon, lat, share):
                cell = _cell(level, len(below) + 1, parent, name, lon[piece], lat[piece])
                found.append(cell)
                below.append((piece, cell.code, name))
        above = below
    return tuple(found)


def apportioned(weights: Sequence[int], count: int) -> list[int]:
    """Share out `count` by weight, at least one each, by the largest remainder."""
    exact = np.asarray(weights, dtype=np.float64) / sum(weights) * (count - len(weights))
    shares = np.floor(exact).astype(int)
    most = np.argsort(-(exact - shares), kind="stable")
    shares[most[: count - len(weights) - int(shares.sum())]] += 1
    return [int(share) + 1 for share in shares]


def _zones(lon: FloatArray, lat: FloatArray) -> IntArray:
    zone: NDArray[np.intp] = district_of(lon, lat)
    first = len(districts())
    zone[(lon > 113.715) & (lat > 34.745)] = first
    zone[(lon > 113.715) & (lat <= 34.745)] = first + 1
    zone[(lon < 113.575) & (lat > 34.775)] = first + 2
    return zone


def _cut(members: IntArray, lon: FloatArray, lat: FloatArray, count: int) -> list[IntArray]:
    """Halve across the longer side, as evenly as the count allows, until there are so many pieces."""
    if count == 1:
        return [members]
    by = lon if np.ptp(lon[members]) * 0.82 > np.ptp(lat[members]) else lat  # a degree east is 0.82 of one north
    ordered = members[np.argsort(by[members], kind="stable")]
    left = count // 2
    at = members.size * left // count
    return _cut(ordered[:at], lon, lat, left) + _cut(ordered[at:], lon, lat, count - left)


def _cell(level: int, number: int, parent: str | None, zone: str, lon: FloatArray, lat: FloatArray) -> Cell:
    west, east, south, north = (float(one) for one in (lon.min(), lon.max(), lat.min(), lat.max()))
    return Cell(
        code=f"G{level}-{number:04d}",
        level=level,
        parent=parent,
        zone=zone,
        place=Place(lon=round((west + east) / 2, 6), lat=round((south + north) / 2, 6)),
        west=west,
        south=south,
        east=east,
        north=north,
    )
