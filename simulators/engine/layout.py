"""Where the nodes of a model lie on the map: by its own coordinates, or by its network alone."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.engine.inp import Inp, number_of
from simulators.engine.units import FOOT_M, US

FloatArray = NDArray[np.float64]
LINKS = ("CONDUITS", "PUMPS", "ORIFICES", "WEIRS", "OUTLETS")
NODES = ("JUNCTIONS", "OUTFALLS", "DIVIDERS", "STORAGE")
APART_M = 100.0  # between the rows of a network that has no coordinates; about a block
LARGEST_DEG = 2.0  # the extent up to which coordinates may be degrees: no sewer network is larger
TRUSTED = (0.5, 2.0)  # pipes' lengths over distances on the map; outside, the map's scale is not metres
LARGEST_M = 200_000.0


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Places of named points.

    Attributes:
        x, y: Of the nodes in order; degrees where `is_degrees`, else metres around the middle. Shape (n_nodes,).
        gage_x, gage_y: Of the rain gages, the same way; shape (n_gages,).
        is_own: From the model's coordinates; else invented.
        scale: What the lengths of pipes say a unit of the map is, in the unit it claims; 1 where they agree.
    """

    x: FloatArray
    y: FloatArray
    gage_x: FloatArray
    gage_y: FloatArray
    is_own: bool
    is_degrees: bool
    scale: float


def layout_of(inp: Inp, nodes: Sequence[str], gages: Sequence[str]) -> Layout:
    """Places for all nodes and gages of a model."""
    ends = link_ends(inp)
    points = points_in(inp, "COORDINATES")
    known = {node: points[node.lower()] for node in nodes if node.lower() in points}
    is_own = len(known) >= max(2, len(nodes) // 2) and len(set(known.values())) > 1
    xy = _filled(nodes, known, ends) if is_own else _by_network(inp, nodes, ends)
    is_degrees = is_own and _are_degrees(inp, xy)
    middle, scale, unit = np.zeros(2), 1.0, 1.0
    if not is_degrees:
        middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
        unit = _unit_m(inp) if is_own else 1.0
        scale = _scale(inp, nodes, xy * unit) if is_own else 1.0
        largest = float(np.ptp(xy, axis=0).max()) * unit * scale
        scale *= min(1.0, LARGEST_M / largest) if largest > 0 else 1.0
    of_gages = _gages(inp, nodes, gages, xy, is_own=is_own)
    placed, stood = ((of - middle) * unit * scale for of in (xy, of_gages))
    return Layout(
        x=placed[:, 0],
        y=placed[:, 1],
        gage_x=stood[:, 0],
        gage_y=stood[:, 1],
        is_own=is_own,
        is_degrees=is_degrees,
        scale=scale,
    )


def points_in(inp: Inp, section: str) -> dict[str, tuple[float, float]]:
    """Finite points by name in small letters."""
    found = {row[0].lower(): (number_of(row, 1, np.nan), number_of(row, 2, np.nan)) for row in inp.rows(section)}
    return {name: point for name, point in found.items() if np.isfinite(point).all() and max(map(abs, point)) < 1e12}


def link_ends(inp: Inp) -> dict[str, tuple[str, str]]:
    """The two nodes of each link, in small letters."""
    rows = (row for section in LINKS for row in inp.rows(section) if len(row) > 2)
    return {row[0].lower(): (row[1].lower(), row[2].lower()) for row in rows}


def _unit_m(inp: Inp) -> float:
    units = {row[0].upper(): row[1].upper() for row in inp.rows("MAP") if len(row) > 1}.get("UNITS", "NONE")
    if units.startswith(("FEET", "METER", "METRE")):
        return FOOT_M if units.startswith("FEET") else 1.0
    return FOOT_M if inp.options().get("FLOW_UNITS", "CFS").upper() in US else 1.0


def _are_degrees(inp: Inp, xy: FloatArray) -> bool:
    """Said so, or within the globe, no larger than a region, and off the corner where toy models lie."""
    if any(len(row) > 1 and row[1].upper().startswith("DEGREE") for row in inp.rows("MAP")):
        return bool((np.abs(xy) <= (180.0, 90.0)).all())
    is_on_globe = (np.abs(xy) <= (180.0, 85.0)).all() and np.ptp(xy, axis=0).max() <= LARGEST_DEG
    return bool(is_on_globe and np.abs(xy.mean(axis=0)).min() > LARGEST_DEG)


def _scale(inp: Inp, nodes: Sequence[str], xy_m: FloatArray) -> float:
    """Middle ratio of a conduit's length to the distance of its ends; 1 where the map can be trusted."""
    number = {node.lower(): at for at, node in enumerate(nodes)}
    unit = FOOT_M if inp.options().get("FLOW_UNITS", "CFS").upper() in US else 1.0
    ratios = []
    for row in inp.rows("CONDUITS"):
        ends = [number.get(name.lower()) for name in row[1:3]]
        length = number_of(row, 3) * unit
        if None in ends or length <= 0:
            continue
        distance = float(np.hypot(*(xy_m[ends[0]] - xy_m[ends[1]])))
        if distance > 0:
            ratios.append(length / distance)
    ratio = float(np.median(ratios)) if ratios else 1.0
    return 1.0 if TRUSTED[0] <= ratio <= TRUSTED[1] else ratio


def _filled(
    nodes: Sequence[str], known: Mapping[str, tuple[float, float]], ends: Mapping[str, tuple[str, str]]
) -> FloatArray:
    """A node without a point lies beside a neighbour that has one, else in the middle."""
    beside = _neighbours(ends)
    by_name = {name.lower(): point for name, point in known.items()}
    middle = tuple(np.mean(list(known.values()), axis=0))
    points = []
    for node in nodes:
        near = next((by_name[name] for name in beside.get(node.lower(), ()) if name in by_name), middle)
        points.append(known.get(node, near))
    return np.array(points, dtype=np.float64)


def _by_network(inp: Inp, nodes: Sequence[str], ends: Mapping[str, tuple[str, str]]) -> FloatArray:
    """Outfalls in the first row, and each next row one link further up."""
    beside = _neighbours(ends)
    roots = [row[0].lower() for row in inp.rows("OUTFALLS")]
    order = [*roots, *(node.lower() for node in nodes)]
    level: dict[str, int] = {}
    queue: deque[str] = deque()
    for root in order:  # whatever no outfall reaches begins at the first row too
        if root in level:
            continue
        level[root] = 0
        queue.append(root)
        while queue:
            name = queue.popleft()
            for other in beside.get(name, ()):
                if other not in level:
                    level[other] = level[name] + 1
                    queue.append(other)
    in_row: dict[int, int] = {}
    points = np.zeros((len(nodes), 2))
    for at, node in enumerate(nodes):
        row = level[node.lower()]
        points[at] = in_row.get(row, 0) * APART_M, row * APART_M
        in_row[row] = in_row.get(row, 0) + 1
    return points


def _neighbours(ends: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    beside: dict[str, list[str]] = {}
    for one, other in ends.values():
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    return beside


def _gages(inp: Inp, nodes: Sequence[str], gages: Sequence[str], xy: FloatArray, *, is_own: bool) -> FloatArray:
    """By their symbols; else in the middle of what drains from them, each a little apart from the others."""
    symbols = points_in(inp, "SYMBOLS") if is_own else {}
    number = {node.lower(): at for at, node in enumerate(nodes)}
    drained: dict[str, list[int]] = {}
    for row in inp.rows("SUBCATCHMENTS"):
        if len(row) > 2 and row[2].lower() in number:
            drained.setdefault(row[1].lower(), []).append(number[row[2].lower()])
    extent = float(np.ptp(xy, axis=0).max()) or 1.0
    points = []
    for at, gage in enumerate(gages):
        around = xy[drained[gage.lower()]] if gage.lower() in drained else xy
        apart = np.array([at * extent * 1e-3, 0.0])
        points.append(symbols.get(gage.lower(), around.mean(axis=0) + apart))
    return np.array(points, dtype=np.float64).reshape(-1, 2)
