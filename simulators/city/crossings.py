"""Street crossings with a manhole each, the streets between them, and the rivers that cut some of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chance import chance
from simulators.city.frame import FloatArray, to_m
from simulators.city.known import rivers
from simulators.city.size import Size
from simulators.city.terrain import Terrain, course

IntArray = NDArray[np.intp]

LEFT_OUT = 0.08  # of the streets of the grid, as no city is a grid; guessed
CORNER = 3.0  # exponent of the superellipse that cuts the corners of a round city
REACH_M = 400.0  # between two cross-sections of a river; shorter ones only cost time
BANK_M = 6.0  # of a river's bed under the land beside it; guessed, so that drains reach it without pumps
LEAST_FALL = 4e-4  # of a river; about that of the Jialu in the plain


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """The street crossings: metres of the frame, ground in metres; streets as pairs of crossings."""

    x: FloatArray
    y: FloatArray
    ground: FloatArray
    tail: IntArray
    head: IntArray
    length: FloatArray


@dataclass(frozen=True, kw_only=True)
class Reaches:
    """Cross-sections of the rivers inside the rectangle, upstream first.

    Attributes:
        river: Index into `rivers()`.
        run: Number of the unbroken piece of a river that it belongs to.
        bed: Height of the bed, metres; it falls along a run.
    """

    x: FloatArray
    y: FloatArray
    bed: FloatArray
    river: IntArray
    run: IntArray


def crossings_of(size: Size, terrain: Terrain) -> Crossings:
    """Lay the streets of a city of this size."""
    rng = chance(terrain.seed, f"crossings {size.name}")
    middle_x, middle_y = to_m(size.lon, size.lat)
    column, row = np.meshgrid(np.arange(size.columns), np.arange(size.rows))
    u = (column - (size.columns - 1) / 2).ravel()
    v = (row - (size.rows - 1) / 2).ravel()
    stray = rng.uniform(-size.jitter, size.jitter, (2, u.size))
    keep = np.ones(u.size, dtype=np.bool_)
    if size.is_round:
        keep = np.abs(u / (size.columns / 2)) ** CORNER + np.abs(v / (size.rows / 2)) ** CORNER <= 1
    x = (u + stray[0]) * size.spacing_m + middle_x
    y = (v + stray[1]) * size.spacing_m + middle_y
    number = np.where(keep, np.cumsum(keep) - 1, -1).reshape(size.rows, size.columns)
    x, y = x[keep], y[keep]
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1, :].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:, :].ravel()])
    there = (tail >= 0) & (head >= 0) & (rng.random(tail.size) >= LEFT_OUT)
    tail, head = tail[there], head[there]
    there = ~crosses_river(x[tail], y[tail], x[head], y[head])
    tail, head = tail[there], head[there]
    return Crossings(
        x=x,
        y=y,
        ground=terrain.ground(x, y),
        tail=tail,
        head=head,
        length=np.hypot(x[head] - x[tail], y[head] - y[tail]),
    )


def reaches_of(crossings: Crossings, terrain: Terrain, margin_m: float) -> Reaches:
    """Cut the rivers to the rectangle of these crossings and a margin."""
    west, east = crossings.x.min() - margin_m, crossings.x.max() + margin_m
    south, north = crossings.y.min() - margin_m, crossings.y.max() + margin_m
    found: list[tuple[FloatArray, FloatArray, FloatArray, int, int]] = []
    for number, river in enumerate(rivers()):
        x, y = _resampled(*course(river))
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        for piece in np.split(np.arange(x.size), np.flatnonzero(np.diff(inside)) + 1):
            if inside[piece[0]] and piece.size > 1:
                px, py = x[piece], y[piece]
                along = np.arange(px.size) * REACH_M * LEAST_FALL
                bed = np.minimum.accumulate(terrain.large(px, py) - BANK_M + along) - along
                found.append((px, py, bed, number, len(found)))
    return Reaches(
        x=np.concatenate([one[0] for one in found]),
        y=np.concatenate([one[1] for one in found]),
        bed=np.concatenate([one[2] for one in found]),
        river=np.concatenate([np.full(one[0].size, one[3]) for one in found]),
        run=np.concatenate([np.full(one[0].size, one[4]) for one in found]),
    )


def _resampled(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A course as points about `REACH_M` apart."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / REACH_M) + 1))
    return np.interp(at, along, x), np.interp(at, along, y)


def crosses_river(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray) -> NDArray[np.bool_]:
    """Whether each street from a to b crosses the course of any river."""
    crosses = np.zeros(ax.shape, dtype=np.bool_)
    for river in rivers():
        cx, cy = course(river)
        for px, py, qx, qy in zip(cx[:-1], cy[:-1], cx[1:], cy[1:], strict=True):
            side_a = (qx - px) * (ay - py) - (qy - py) * (ax - px) > 0
            side_b = (qx - px) * (by - py) - (qy - py) * (bx - px) > 0
            side_p = (bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0
            side_q = (bx - ax) * (qy - ay) - (by - ay) * (qx - ax) > 0
            crosses |= (side_a != side_b) & (side_p != side_q)
    return crosses
