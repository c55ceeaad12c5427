"""The road graph: side streets, arterials every 800 m, expressways and tunnels where the real ones about are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from simulators.chance import chance
from simulators.city.crossings import CORNER, IntArray, crosses_river
from simulators.city.frame import FloatArray, to_deg, to_m
from simulators.city.known import road_lines
from simulators.city.model import bowl_name, crossing_name
from simulators.city.plan import ROAD_CLASSES, Part, RoadClass, Roads
from simulators.city.works import Works

OUTER_WIDER = 0.5  # blocks are this share wider 13 km out than in the middle; guessed
OUT_M = 13_000.0
ARTERIAL_M = 800.0  # as planned cities in China lay them
STRAY = 0.15  # of a junction, in shares of a block
LEFT_OUT = 0.18  # of side streets, where the way round stays open; guessed
WET_M = 90.0  # a crossing's water stands one block wide
EXPRESSWAYS = (
    "西四环",
    "西三环",
    "京广快速路",
    "中州大道",
    "东三环",
    "南三环",
    "陇海快速",
    "农业路",
    "北三环",
    "北四环",
)

STREET, ARTERIAL, EXPRESSWAY, TUNNEL = (
    ROAD_CLASSES.index(kind) for kind in (RoadClass.STREET, RoadClass.ARTERIAL, RoadClass.EXPRESSWAY, RoadClass.TUNNEL)
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A road along one line of the grid, for the map.

    Attributes:
        road: The real road that it stands for, if any.
        lon, lat: Its course, degrees.
    """

    kind: RoadClass
    road: str | None
    number: int
    is_ns: bool
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True)
class _Grid:
    """Junctions of a grid with uneven lines; `number` is -1 where there is none, shape (n_rows, n_columns)."""

    x: FloatArray
    y: FloatArray
    number: IntArray
    column_x: FloatArray
    row_y: FloatArray


def roads_of(works: Works, parts: Sequence[Part], seed: int) -> tuple[Roads, tuple[Line, ...]]:
    """Build the road graph over the works, and the lines of its larger roads."""
    rng = chance(seed, f"roads {works.size.name}")
    grid = _grid(works, rng)
    column_kind, row_kind = _kinds(grid.column_x, True), _kinds(grid.row_y, False)
    n_rows, n_columns = grid.number.shape
    along_row = (grid.number[:, :-1].ravel(), grid.number[:, 1:].ravel(), np.repeat(row_kind, n_columns - 1))
    along_column = (grid.number[:-1, :].ravel(), grid.number[1:, :].ravel(), np.tile(column_kind, n_rows - 1))
    tail, head, kind = (np.concatenate([a, b]) for a, b in zip(along_row, along_column, strict=True))
    line = np.concatenate(
        [np.repeat(np.arange(n_rows), n_columns - 1) + n_columns, np.tile(np.arange(n_columns), n_rows - 1)]
    )
    there = (tail >= 0) & (head >= 0)
    tail, head, kind, line = tail[there], head[there], kind[there], line[there]
    keep = _kept(grid, tail, head, kind, rng)
    tail, head, kind, line = tail[keep], head[keep], kind[keep], line[keep]
    middle_x, middle_y = (grid.x[tail] + grid.x[head]) / 2, (grid.y[tail] + grid.y[head]) / 2
    water = _water(works, parts, middle_x, middle_y)
    _into_bowls(works, parts, grid, line, middle_x, middle_y, kind, water)
    lon, lat = to_deg(grid.x, grid.y)
    roads = Roads(
        lon=lon,
        lat=lat,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_m=np.hypot(grid.x[head] - grid.x[tail], grid.y[head] - grid.y[tail]),
        kind=kind.astype(np.uint8),
        water=water.astype(np.int32),
    )
    return roads, _lines(grid, column_kind, row_kind)


def _grid(works: Works, rng: np.random.Generator) -> _Grid:
    at, block = works.crossings, works.size.block_m
    column_x = _uneven(float(at.x.min()), float(at.x.max()), block)
    row_y = _uneven(float(at.y.min()), float(at.y.max()), block)
    x, y = np.meshgrid(column_x, row_y)
    stray = rng.uniform(-STRAY, STRAY, (2, *x.shape)) * block
    keep = np.ones(x.shape, dtype=np.bool_)
    if works.size.is_round:
        middle_x, middle_y = to_m(works.size.lon, works.size.lat)
        half_x, half_y = np.ptp(column_x) / 2, np.ptp(row_y) / 2
        keep = np.abs((x - middle_x) / half_x) ** CORNER + np.abs((y - middle_y) / half_y) ** CORNER <= 1
    number = np.where(keep, np.cumsum(keep).reshape(keep.shape) - 1, -1)
    return _Grid((x + stray[0])[keep], (y + stray[1])[keep], number, column_x, row_y)


def _uneven(low: float, high: float, block_m: float) -> FloatArray:
    """Lines from low to high, a block apart in the middle of the city and wider outside."""
    fine = np.linspace(low, high, 2_000)
    per_m = 1 / (block_m * (1 + OUTER_WIDER * (fine / OUT_M) ** 2))
    count = np.concatenate([[0.0], np.cumsum((per_m[1:] + per_m[:-1]) / 2 * np.diff(fine))])
    return np.interp(np.linspace(0, count[-1], round(count[-1]) + 1), count, fine)


def _kinds(lines: FloatArray, is_ns: bool) -> IntArray:
    """What each line of the grid is: the nearest to a real expressway is one, one every 800 m is an arterial."""
    kind = np.full(lines.size, STREET, dtype=np.intp)
    _, first = np.unique(np.floor(lines / ARTERIAL_M), return_index=True)
    kind[first] = ARTERIAL
    for _, number in _expressways(lines, is_ns):
        kind[number] = EXPRESSWAY
    return kind


def _expressways(lines: FloatArray, is_ns: bool) -> list[tuple[str, int]]:
    found = []
    for road in EXPRESSWAYS:
        runs_ns, deg = road_lines()[road]
        at = float(to_m(deg, 0.0)[0] if is_ns else to_m(0.0, deg)[1])
        if runs_ns == is_ns and lines[0] <= at <= lines[-1]:
            found.append((road, int(np.argmin(np.abs(lines - at)))))
    return found


def _kept(grid: _Grid, tail: IntArray, head: IntArray, kind: IntArray, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Leave out some side streets, and those over rivers, but none without which a junction is cut off."""
    is_street = kind == STREET
    over_river = crosses_river(grid.x[tail], grid.y[tail], grid.x[head], grid.y[head]) & is_street
    weight = rng.uniform(1, 2, tail.size) + 10 * over_river
    graph = csr_array((weight, (tail, head)), shape=(grid.x.size, grid.x.size))
    needed = minimum_spanning_tree(graph).tocoo()
    is_needed = np.isin(tail * grid.x.size + head, needed.row.astype(np.intp) * grid.x.size + needed.col)
    left_out = over_river | (is_street & (rng.random(tail.size) < LEFT_OUT))
    return np.asarray(is_needed | ~left_out, dtype=np.bool_)


def _water(works: Works, parts: Sequence[Part], x: FloatArray, y: FloatArray) -> IntArray:
    """The node whose water stands on each road: that of the nearest crossing within a block, else -1."""
    index = _numbers(parts)
    node = np.array([index[crossing_name(one)] for one in range(works.crossings.x.size)])
    far, nearest = cKDTree(np.column_stack([works.crossings.x, works.crossings.y])).query(np.column_stack([x, y]))
    return np.where(far <= WET_M, node[nearest], -1)


def _into_bowls(
    works: Works,
    parts: Sequence[Part],
    grid: _Grid,
    line: IntArray,
    x: FloatArray,
    y: FloatArray,
    kind: IntArray,
    water: IntArray,
) -> None:
    """Lead roads through the bowls: those of a tunnel along its course, the nearest one through an underpass."""
    index = _numbers(parts)
    for bowl in works.bowls:
        spot, node = works.spots[bowl.spot], index[bowl_name(works, bowl)]
        at_x, at_y = (float(one) for one in to_m(spot.lon, spot.lat))
        if spot.tunnel is None:
            water[int(np.argmin(np.hypot(x - at_x, y - at_y)))] = node
            continue
        is_ns = spot.tunnel.bearing_deg == 0
        chosen = np.argmin(np.abs(grid.column_x - at_x)) if is_ns else np.argmin(np.abs(grid.row_y - at_y))
        on_line = line == (chosen if is_ns else chosen + grid.column_x.size)
        along = np.abs(y - at_y) if is_ns else np.abs(x - at_x)
        inside = on_line & (along <= spot.tunnel.length_m / 2)
        kind[inside], water[inside] = TUNNEL, node


def _numbers(parts: Sequence[Part]) -> dict[str, int]:
    """Where each node is among the nodes of all parts, one part after the other; names differ between parts."""
    names = [name for part in parts for name in part.nodes]
    return {name: number for number, name in enumerate(names)}


def _lines(grid: _Grid, column_kind: IntArray, row_kind: IntArray) -> tuple[Line, ...]:
    found = []
    for is_ns, lines, kinds, numbers in (
        (True, grid.column_x, column_kind, grid.number.T),
        (False, grid.row_y, row_kind, grid.number),
    ):
        road_of = {number: road for road, number in _expressways(lines, is_ns)}
        for number in np.flatnonzero(kinds != STREET).tolist():
            on = numbers[number][numbers[number] >= 0]
            on = np.unique(np.concatenate([on[::6], on[-1:]]))  # every sixth junction is enough for the map
            lon, lat = to_deg(grid.x[on], grid.y[on])
            kind = ROAD_CLASSES[kinds[number]]
            found.append(Line(kind=kind, road=road_of.get(number), number=number, is_ns=is_ns, lon=lon, lat=lat))
    return tuple(found)
