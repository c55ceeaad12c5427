"""Storm drains: a tree from every crossing down to a river, sized by a design storm and then silted."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from simulators.chance import chance
from simulators.city.crossings import Crossings, IntArray, Reaches
from simulators.city.frame import FloatArray

BANK_REACHES = 0.75  # crossings nearer to a river than this share of the spacing drain straight into it
UPHILL_COST = 300.0  # metres of detour that a metre of climb is worth to whoever lays a drain; guessed

# The design storm: the city's formula in the form of the design handbook, q in L/(s ha); unverified, as every
# parameter set that circulates is (see the storms).
DESIGN_YEARS = 5.0
INLET_MIN, DRAIN_SPEED_M_S = 12.0, 1.2  # time to the inlet, and the speed in a drain that design reckons with

ROUGHNESS = 0.013  # Manning's n of clean concrete
LEAST_SLOPE, MOST_SLOPE = 0.0008, 0.02
SMALLEST_M, LARGEST_M, STEP_M = 0.4, 4.5, 0.1  # as pipes are made; wider ones are culverts of the same area
SHORTEST_M = 120.0  # the engine's time step is as short as its shortest steep pipe
COVER_M = 0.8  # of earth over a pipe's crown
# Share of its clean capacity that a drain still has: lognormal, never above 1. Guessed, then set by what is known of
# small storms, see docs/decisions/0013.
SILT_MEDIAN, SILT_SIGMA, SILT_LEAST = 1.0, 0.25, 0.35


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Where each crossing drains to.

    Attributes:
        down: The next crossing, or -1 at a bank.
        bank: Index of the cross-section of the river that it reaches in the end.
        order: All crossings, each before the one it drains to.
    """

    down: IntArray
    bank: IntArray
    order: IntArray


@dataclass(frozen=True, kw_only=True)
class Drains:
    """The drain that leaves each crossing.

    Attributes:
        invert: Height of the crossing's invert, metres.
        diameter: Metres.
        length: Metres.
        roughness: Manning's n with the silt in it.
        area: Catchment of the drain, m2.
    """

    invert: FloatArray
    diameter: FloatArray
    length: FloatArray
    roughness: FloatArray
    area: FloatArray


def intensity_mm_h(years: float, minutes: FloatArray) -> FloatArray:
    """Mean intensity of the design storm over a time: q = 3073 (1 + 0.892 lg P) / (t + 15.1)^0.824, unverified."""
    per_hectare = 3073 * (1 + 0.892 * np.log10(years)) / (minutes + 15.1) ** 0.824
    return np.asarray(per_hectare * 0.36, dtype=np.float64)  # L/(s ha) to mm/h


def tree_of(crossings: Crossings, reaches: Reaches, spacing_m: float) -> Tree:
    """Lead every crossing to a river by the way that climbs least. All are led: streets that a river cut off too."""
    n = crossings.x.size
    to_river = np.hypot(crossings.x[:, None] - reaches.x, crossings.y[:, None] - reaches.y)
    nearest = np.argmin(to_river, axis=1)
    is_bank = to_river[np.arange(n), nearest] < max(BANK_REACHES * spacing_m, 0.75 * 400.0)
    if not is_bank.any():
        is_bank[np.argmin(to_river.min(axis=1))] = True
    tail = np.concatenate([crossings.tail, crossings.head])
    head = np.concatenate([crossings.head, crossings.tail])
    # Searched from the bank up, so the way from tail to head is drained from head to tail.
    climb = np.maximum(crossings.ground[tail] - crossings.ground[head], 0)
    cost = np.concatenate([crossings.length, crossings.length]) + UPHILL_COST * climb
    graph = csr_array((cost, (tail, head)), shape=(n, n))
    far, down, source = dijkstra(graph, indices=np.flatnonzero(is_bank), return_predecessors=True, min_only=True)
    lost = ~np.isfinite(far)  # an island between rivers: straight to the nearest one
    down = np.where((down < 0) | lost, -1, down).astype(np.intp)
    source = np.where(lost, np.arange(n), source)
    order = np.argsort(-np.where(lost, 0.0, far), kind="stable").astype(np.intp)
    return Tree(down=down, bank=nearest[source].astype(np.intp), order=order)


def drains_of(
    crossings: Crossings, reaches: Reaches, tree: Tree, area: FloatArray, runoff: FloatArray, seed: int
) -> Drains:
    """Size the drains: rational method, Manning full, no drain narrower than one above it; then silt them.

    Args:
        area: Catchment of each crossing itself, m2.
        runoff: Its coefficient of runoff, 0 to 1.
    """
    n = crossings.x.size
    at_bank = tree.down < 0
    down = np.where(at_bank, 0, tree.down)
    to_x = np.where(at_bank, reaches.x[tree.bank], crossings.x[down])
    to_y = np.where(at_bank, reaches.y[tree.bank], crossings.y[down])
    to_z = np.where(at_bank, reaches.bed[tree.bank] + 3.0, crossings.ground[down])
    length = np.maximum(np.hypot(to_x - crossings.x, to_y - crossings.y), SHORTEST_M)
    slope = np.clip((crossings.ground - to_z) / length, LEAST_SLOPE, MOST_SLOPE)

    total, carried, time = area.copy(), area * runoff, np.full(n, INLET_MIN)
    diameter, invert = np.zeros(n), np.zeros(n)
    widest, lowest = np.full(n, SMALLEST_M), np.full(n, np.inf)
    for one in tree.order:
        q = carried[one] * intensity_mm_h(DESIGN_YEARS, time[one]) / 3.6e6
        full = (q * ROUGHNESS / (0.3117 * np.sqrt(slope[one]))) ** (3 / 8)
        diameter[one] = min(max(widest[one], np.ceil(full / STEP_M) * STEP_M), LARGEST_M)
        invert[one] = min(lowest[one], crossings.ground[one] - diameter[one] - COVER_M)
        if not at_bank[one]:
            to = down[one]
            total[to] += total[one]
            carried[to] += carried[one]
            time[to] = max(time[to], time[one] + length[one] / DRAIN_SPEED_M_S / 60)
            widest[to] = max(widest[to], diameter[one])
            lowest[to] = min(lowest[to], invert[one] - slope[one] * length[one])
    silt = np.clip(SILT_MEDIAN * np.exp(chance(seed, "silt").normal(0, SILT_SIGMA, n)), SILT_LEAST, 1.0)
    return Drains(invert=invert, diameter=diameter, length=length, roughness=ROUGHNESS / silt, area=total)
