"""What a model's text tells of the drains around a node, in SI units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from simulators.engine.inp import Inp
from simulators.engine.units import US, Units

ACRE_M2, HECTARE_M2 = 4046.8564224, 1e4
# Water in these is in the open: streets and rivers, not drains.
OPEN = frozenset(
    {"RECT_OPEN", "TRAPEZOIDAL", "TRIANGULAR", "PARABOLIC", "POWER", "IRREGULAR", "RECT_TRIANGULAR", "STREET"}
)


@dataclass(frozen=True, kw_only=True)
class Drain:
    """A closed conduit; `full_m3_s` is what it takes when full, None unless it is a circular one that falls."""

    tail: str
    head: str
    full_m3_s: float | None


@dataclass(frozen=True, kw_only=True)
class Store:
    """A storage node's plan area over its depth, both rising with the index; shapes (n,), m and m2."""

    depth_m: tuple[float, ...]
    area_m2: tuple[float, ...]

    def volume_m3(self, from_m: float) -> float:
        """What it holds from this depth to its full depth."""
        depths = np.linspace(min(from_m, self.depth_m[-1]), self.depth_m[-1], 100)
        return float(np.trapezoid(np.interp(depths, self.depth_m, self.area_m2), depths))


@dataclass(frozen=True, kw_only=True)
class Network:
    """One model.

    Attributes:
        invert_m: By node, in the model's datum.
        gathers_m2: Ground that drains to each node by itself.
        sealed_m2: Of that, what is sealed.
        drains: Its closed conduits.
        stores: Storage nodes.
        pumps_m3_s: The most that each pump moves; those whose curve tells it.
    """

    invert_m: Mapping[str, float]
    gathers_m2: Mapping[str, float]
    sealed_m2: Mapping[str, float]
    drains: Sequence[Drain]
    stores: Mapping[str, Store]
    pumps_m3_s: Mapping[str, float]


def network(model: Inp) -> Network:
    """Read a model; what cannot be read of it is left out.

    Raises:
        Refused: Its units are not known.
    """
    options = model.options()
    flow_units = options.get("FLOW_UNITS", "CFS").upper()
    units = Units.of(flow_units)
    curves = _curves(model)
    invert_m = {
        row[0]: units.length * level
        for name in ("JUNCTIONS", "STORAGE", "OUTFALLS", "DIVIDERS")
        for row in model.rows(name)
        if len(row) > 1 and not np.isnan(level := _number(row[1]))
    }
    gathers, sealed = _ground(model, ACRE_M2 if flow_units in US else HECTARE_M2)
    by_level = options.get("LINK_OFFSETS", "DEPTH").upper() == "ELEVATION"
    return Network(
        invert_m=invert_m,
        gathers_m2=gathers,
        sealed_m2=sealed,
        drains=tuple(_drains(model, units, invert_m, by_level=by_level)),
        stores=_stores(model, units, curves),
        pumps_m3_s={
            row[0]: units.flow * max(curves[row[3]][1])
            for row in model.rows("PUMPS")
            if len(row) > 3 and row[3] in curves
        },
    )


def upstream(drains: Sequence[Drain]) -> dict[str, list[str]]:
    """The nodes from which a drain comes to each node."""
    found: dict[str, list[str]] = {}
    for drain in drains:
        found.setdefault(drain.head, []).append(drain.tail)
    return found


def gathered_m2(node: str, network: Network, above: Mapping[str, Sequence[str]]) -> float:
    """The ground that drains to a node by drains, its own included; each piece once, also where drains form a ring."""
    seen, ahead = {node}, [node]
    while ahead:
        new = [one for one in above.get(ahead.pop(), ()) if one not in seen]
        seen.update(new)
        ahead += new
    return sum(network.gathers_m2.get(one, 0.0) for one in sorted(seen))


def _number(word: str) -> float:
    """A number; NaN where the word is none, as `*` for what is not known."""
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _curves(model: Inp) -> dict[str, tuple[list[float], list[float]]]:
    """The points of each curve; its type stands in its first row only."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name, *words in model.rows("CURVES"):
        numbers = [number for number in map(_number, words) if not np.isnan(number)]
        x, y = found.setdefault(name, ([], []))
        x += numbers[::2][: len(numbers) // 2]
        y += numbers[1::2]
    return {name: points for name, points in found.items() if points[0]}


def _ground(model: Inp, unit_m2: float) -> tuple[dict[str, float], dict[str, float]]:
    area: dict[str, float] = {}
    sealed: dict[str, float] = {}
    for row in model.rows("SUBCATCHMENTS"):
        if len(row) < 5:
            continue
        size, share = unit_m2 * _number(row[3]), _number(row[4]) / 100
        if np.isnan(size * share):
            continue
        area[row[2]] = area.get(row[2], 0.0) + size
        sealed[row[2]] = sealed.get(row[2], 0.0) + size * share
    return area, sealed


def _drains(model: Inp, units: Units, invert_m: Mapping[str, float], *, by_level: bool) -> list[Drain]:
    shapes = {row[0]: row for row in model.rows("XSECTIONS") if len(row) > 2}
    found = []
    for row in model.rows("CONDUITS"):
        shape = shapes.get(row[0])
        if len(row) < 7 or shape is None or shape[1].upper() in OPEN:
            continue
        ends_m = [
            _end_m(invert_m.get(node, float("nan")), units.length * _number(offset), by_level=by_level)
            for node, offset in ((row[1], row[5]), (row[2], row[6]))
        ]
        full = None
        if shape[1].upper() == "CIRCULAR":
            pipes = int(_number(shape[6])) if len(shape) > 6 and _number(shape[6]) >= 1 else 1
            full = _full_m3_s(
                units.length * _number(shape[2]), _number(row[4]), ends_m, units.length * _number(row[3]), pipes
            )
        found.append(Drain(tail=row[1], head=row[2], full_m3_s=full))
    return found


def _end_m(invert_m: float, offset_m: float, *, by_level: bool) -> float:
    if np.isnan(offset_m):
        return invert_m
    return offset_m if by_level else invert_m + offset_m


def _full_m3_s(
    diameter_m: float, roughness: float, ends_m: Sequence[float], length_m: float, pipes: int
) -> float | None:
    """Manning's formula for full pipes side by side: Q = A R^(2/3) sqrt(S) / n, with R = d/4."""
    fall = (ends_m[0] - ends_m[1]) / length_m if length_m > 0 else float("nan")
    if not (fall > 0 and diameter_m > 0 and roughness > 0):
        return None
    return float(pipes * pi * diameter_m**2 / 4 * (diameter_m / 4) ** (2 / 3) * sqrt(fall) / roughness)


def _stores(model: Inp, units: Units, curves: Mapping[str, tuple[list[float], list[float]]]) -> dict[str, Store]:
    found = {}
    for row in model.rows("STORAGE"):
        if len(row) < 6:
            continue
        full = _number(row[2])
        if row[4].upper() == "TABULAR" and row[5] in curves:
            depth, area = (np.array(axis) for axis in curves[row[5]])
        elif row[4].upper() == "FUNCTIONAL" and len(row) > 7:
            factor, power, constant = map(_number, row[5:8])
            depth = np.linspace(0, full, 50)
            area = constant + factor * depth**power
        else:
            continue
        inside = np.append(depth[depth < full], full)
        areas = np.interp(inside, depth, area) * units.length**2
        found[row[0]] = Store(depth_m=tuple((inside * units.length).tolist()), area_m2=tuple(areas.tolist()))
    return found
