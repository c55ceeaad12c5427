"""A model whose water stays on the road where it comes up, instead of being lost to it.

A model without ponding forgets what rises over a rim; so does a store that is full. For depths over the road that
water is kept on an area over each rim, and the rim is the road.
"""

from collections.abc import Iterator

import numpy as np

from simulators.engine.inp import Inp, number_of
from simulators.engine.units import FOOT_M, US

# Where a model does not say how wide its water spreads: a crossing with the beginnings of its streets, about 30 x 30 m.
# Assumed; half of it would double every depth.
SPREADS_M2 = 1_000.0
OVER_RIM_M = 5.0  # a store is carried on so far over its rim; deeper water no street holds
KERB_M = 0.02  # over the rim, where the road's area begins in a store's curve
KNOTS = 20  # of a curve that stands for a formula
LONGEST_STEP_S = 30.0  # of the routing: a crew's pump must be seen within the minute
SHAPES = ("TABULAR", "FUNCTIONAL")  # of a store; others stay as they are


def kept_on_the_road(inp: Inp) -> Inp:
    """The model with ponding at every junction that can flood and over every store."""
    metre = 1 / FOOT_M if inp.options().get("FLOW_UNITS", "CFS").upper() in US else 1.0
    storage, curves = _stores(inp, metre)
    changes = {
        "JUNCTIONS": [_junction(row, 4, metre) for row in inp.rows("JUNCTIONS")],
        "DIVIDERS": [_divider(row, metre) for row in inp.rows("DIVIDERS")],
        "STORAGE": storage,
        "CURVES": [*inp.sections.get("CURVES", ()), *curves],
    }
    return inp.replaced({name: lines for name, lines in changes.items() if lines}).with_options(_options(inp))


def rims_of_stores(inp: Inp) -> dict[str, float]:
    """How deep each store was before it was carried on over its rim, m, by its name in small letters."""
    foot = FOOT_M if inp.options().get("FLOW_UNITS", "CFS").upper() in US else 1.0
    return {row[0].lower(): number_of(row, 2) * foot for row in inp.rows("STORAGE") if number_of(row, 2) > 0}


def is_dynamic(inp: Inp) -> bool:
    """Whether the model routes by the full equations, the only ones that know a depth over a rim."""
    options = inp.options()
    return options.get("FLOW_ROUTING", options.get("ROUTING_MODEL", "KINWAVE")).upper() in ("DYNWAVE", "DW")


def _options(inp: Inp) -> dict[str, str]:
    changes = {"ALLOW_PONDING": "YES", "IGNORE_ROUTING": "NO"}
    if not is_dynamic(inp):
        return changes | {"FLOW_ROUTING": "DYNWAVE", "ROUTING_STEP": "5", "VARIABLE_STEP": "0.75"}
    if _step_s(inp) > LONGEST_STEP_S:
        changes["ROUTING_STEP"] = f"{LONGEST_STEP_S:.0f}"
    return changes


def _step_s(inp: Inp) -> float:
    """ROUTING_STEP, in seconds or as a time; the engine's default is 20 s."""
    words = inp.options().get("ROUTING_STEP", "20").split(":")
    try:
        return sum(float(word) * weight for word, weight in zip(reversed(words), (1, 60, 3600), strict=False))
    except ValueError:
        return 0.0


def _junction(row: list[str], sealed: int, metre: float) -> str:
    """Name, bottom, depth, first depth, depth under pressure, ponded area; a sealed one keeps its lid."""
    cells = [*row, *["0"] * (6 - len(row))]
    if number_of(cells, sealed) <= 0 and number_of(cells, 5) <= 0:
        cells[5] = f"{SPREADS_M2 * metre**2:.2f}"
    return " ".join(cells)


def _divider(row: list[str], metre: float) -> str:
    """The same four numbers stand at its end."""
    lead = {"CUTOFF": 5, "TABULAR": 5, "OVERFLOW": 4, "WEIR": 7}.get(row[3].upper() if len(row) > 3 else "", 0)
    if not lead:
        return " ".join(row)
    cells = [*row, *["0"] * (lead + 4 - len(row))]
    if number_of(cells, lead + 2) <= 0 and number_of(cells, lead + 3) <= 0:
        cells[lead + 3] = f"{SPREADS_M2 * metre**2:.2f}"
    return " ".join(cells)


def _stores(inp: Inp, metre: float) -> tuple[list[str], list[str]]:
    """Rows of [STORAGE], and of the curves that they name now."""
    tables = _tables(inp)
    rows, curves = [], []
    for number, row in enumerate(inp.rows("STORAGE")):
        deep = number_of(row, 2)
        knots = _knots(row, tables, deep)
        if knots is None or deep <= 0:
            rows.append(" ".join(row))
            continue
        name = f"ONEMAP_{number}"
        at_rim = knots[-1][1]
        over = [(deep + KERB_M * metre, at_rim + SPREADS_M2 * metre**2)]
        over.append((deep + OVER_RIM_M * metre, over[0][1]))
        kinds = ("Storage", *[""] * (len(knots) + len(over)))
        curves += [f"{name} {kind} {x:.5f} {y:.4f}" for kind, (x, y) in zip(kinds, [*knots, *over], strict=False)]
        tail = row[6:] if row[4].upper() == "TABULAR" else row[8:]
        rows.append(" ".join([row[0], row[1], f"{over[-1][0]:.4f}", row[3], "TABULAR", name, *tail]))
    return rows, curves


def _knots(
    row: list[str], tables: dict[str, list[tuple[float, float]]], deep: float
) -> list[tuple[float, float]] | None:
    """Surface by depth from the bottom to the rim; None for a shape that stays as it is."""
    shape = row[4].upper() if len(row) > 5 else ""
    if shape == "TABULAR":
        table = tables.get(row[5].lower())
        if not table or (len(table) < 2 and table[0][0] > 0):
            return None
        x, y = np.array(table).T
        below = [(float(one), float(other)) for one, other in table if one < deep]
        return [*below, (deep, float(_beyond(deep, x, y)))]
    if shape == "FUNCTIONAL" and len(row) > 7:
        factor, power, constant = (number_of(row, column) for column in (5, 6, 7))
        return [
            (float(d), constant + factor * float(d) ** power if d or power else constant)
            for d in np.linspace(0, deep, KNOTS)
        ]
    return None


def _beyond(deep: float, x: np.ndarray, y: np.ndarray) -> float:
    """By the last slope where a table ends below the rim, as the engine does; never below zero."""
    if deep <= x[-1] or len(x) < 2:
        return float(np.interp(deep, x, y))
    return float(max(y[-1] + (deep - x[-1]) * (y[-1] - y[-2]) / (x[-1] - x[-2]), 0.0))


def _tables(inp: Inp) -> dict[str, list[tuple[float, float]]]:
    """Points of each curve by its name in small letters."""
    tables: dict[str, list[tuple[float, float]]] = {}
    for row in inp.rows("CURVES"):
        tables.setdefault(row[0].lower(), []).extend(_pairs(row[1:]))
    return tables


def _pairs(words: list[str]) -> Iterator[tuple[float, float]]:
    numbers = words[1:] if words and words[0].isalpha() else words
    values = [float(word) for word in numbers if _is_number(word)]
    return zip(values[::2], values[1::2], strict=False)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
