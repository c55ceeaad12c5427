"""Write one part of the works as an input file for EPA SWMM 5.2: dual drainage, dynamic wave.

Every crossing is one node with two floors: the drain at its invert, and the street as an open channel at the height
of the road, so that water that the drain does not take runs on over the streets, as it does. (The engine's own
ponding keeps it at the node for ever.) A river is a chain of channels; what drains into it feels its level.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from floodcore.domain.site import Place
from simulators.city.bowls import LOW_M, OVER_RIM_M, SUMP_M, SUMP_M2, Bowl
from simulators.city.crossings import IntArray
from simulators.city.frame import to_deg
from simulators.city.known import rivers
from simulators.city.plan import Part
from simulators.city.works import Works

# A street is a flat V, 4.5 m wide at 15 cm of water and 15 m at 50: gutters first, then the carriageway, then the yards
# beside it. (A channel 14 m wide at once let the engine's balance slip by 1.5 %; this one by half of that.)
STREET_WIDTH_M, STREET_DEPTH_M, STREET_N = 120.0, 3.0, 0.012  # at its full depth; smooth asphalt
BANK_SILL_M, BANK_WIDTH_M = 0.15, 20.0  # a street's end at a river: over the sill the water is gone
RIVER_DEPTH_M, RIVER_SIDES, RIVER_N = 7.0, 2.0, 0.030  # stone-lined, as the city's rivers are
LAST_SLOPE = 0.003  # of the drain that ends in a river
NORMAL_DEPTH_M = 0.8  # a river's level where its model ends; people may raise it
WEIR_CD = 1.7  # broad crest, m^0.5/s
RAIN_CELL_M = 1_000.0
OVERLAND_M = 90.0  # way of the rain over roofs and yards to an inlet; guessed

OPTIONS = """[OPTIONS]
FLOW_UNITS           CMS
INFILTRATION         HORTON
FLOW_ROUTING         DYNWAVE
LINK_OFFSETS         DEPTH
ALLOW_PONDING        NO
START_DATE           01/01/2021
START_TIME           00:00:00
REPORT_START_DATE    01/01/2021
REPORT_START_TIME    00:00:00
END_DATE             01/08/2021
END_TIME             00:00:00
DRY_DAYS             3
REPORT_STEP          00:05:00
WET_STEP             00:01:00
DRY_STEP             00:05:00
ROUTING_STEP         15
VARIABLE_STEP        0.75
MINIMUM_STEP         0.5
LENGTHENING_STEP     0
INERTIAL_DAMPING     PARTIAL
NORMAL_FLOW_LIMITED  BOTH
FORCE_MAIN_EQUATION  H-W
SURCHARGE_METHOD     EXTRAN
MIN_SURFAREA         12.5
MAX_TRIALS           8
HEAD_TOLERANCE       0.0015
THREADS              1
"""


# In this order in the file: the engine numbers nodes as it meets them, and wants a link before its cross-section.
NODE_SECTIONS = ("JUNCTIONS", "OUTFALLS", "STORAGE")
BEFORE = ("RAINGAGES", "SUBCATCHMENTS", "SUBAREAS", "INFILTRATION")
AFTER = ("CONDUITS", "PUMPS", "WEIRS", "XSECTIONS", "INFLOWS", "CURVES", "TIMESERIES", "REPORT")


def crossing_name(crossing: int) -> str:
    """The node of a crossing; the same in every part."""
    return f"J{crossing:05d}"


def drain_name(crossing: int) -> str:
    """The link of the drain that leaves a crossing."""
    return f"D{crossing:05d}"


def bowl_name(works: Works, bowl: Bowl) -> str:
    """The node of a bowl."""
    return f"B_{works.spots[bowl.spot].site_id}"


def pump_name(works: Works, bowl: Bowl) -> str:
    """The link of a bowl's pumps."""
    return f"P_{works.spots[bowl.spot].site_id}"


def reach_name(reach: int) -> str:
    """The node of a cross-section of a river."""
    return f"R{reach:04d}"


@dataclass
class _Draft:
    """Lines of the file by section, and what a `Part` says of its nodes."""

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    nodes: dict[str, list[tuple[str, float, float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, section: str, *values: object) -> None:
        self.lines[section].append(" ".join(_written(value) for value in values))

    def node(self, section: str, name: str, x: float, y: float, road_m: float, *values: object) -> None:
        self.add(section, name, *values)
        lon, lat = to_deg(x, y)
        self.nodes[section].append((name, float(lon), float(lat), road_m))

    def text(self, title: str) -> str:
        written = ["[TITLE]", title, "", OPTIONS]
        for section in (*BEFORE, *NODE_SECTIONS, *AFTER):
            written += [f"[{section}]", *self.lines[section], ""]
        return "\n".join(written)


def _written(value: object) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def part_of(works: Works, number: int, part_id: str, title: str) -> Part:
    """One part of the works as a model."""
    draft = _Draft()
    draft.add("REPORT", "INPUT", "NO")
    draft.add("REPORT", "CONTROLS", "NO")
    mine = np.flatnonzero(works.part == number)
    bowls = [bowl for bowl in works.bowls if works.part[bowl.mouths[0]] == number]
    gages = _rain(draft, works, mine, bowls)
    _crossings(draft, works, mine)
    _rivers(draft, works, number)
    for bowl in bowls:
        _bowl(draft, works, bowl)
    _streets(draft, works, number)
    rows = [row for section in NODE_SECTIONS for row in draft.nodes[section]]
    return Part(
        part_id=part_id,
        model=draft.text(title),
        gages=gages,
        nodes=tuple(row[0] for row in rows),
        lon=np.array([row[1] for row in rows]),
        lat=np.array([row[2] for row in rows]),
        road_m=np.array([row[3] for row in rows]),
    )


def _rain(draft: _Draft, works: Works, mine: IntArray, bowls: Sequence[Bowl]) -> tuple[Place, ...]:
    """A gage for each square kilometre that has a crossing, and the catchments that it rains on."""
    at = works.crossings
    cells = np.column_stack([np.floor(at.x[mine] / RAIN_CELL_M), np.floor(at.y[mine] / RAIN_CELL_M)])
    found, cell_of = np.unique(cells, axis=0, return_inverse=True)
    lon, lat = to_deg((found[:, 0] + 0.5) * RAIN_CELL_M, (found[:, 1] + 0.5) * RAIN_CELL_M)
    for gage in range(len(found)):
        draft.add("RAINGAGES", f"G{gage:03d}", "INTENSITY", "0:01", "1.0", "TIMESERIES", "DRY")
    draft.add("TIMESERIES", "DRY", "0:00", 0)
    draft.add("TIMESERIES", "DRY", "1000:00", 0)
    gage_of = dict(zip(mine.tolist(), cell_of.ravel().tolist(), strict=True))
    for one in mine.tolist():
        name = crossing_name(one)
        _catchment(draft, name, gage_of[one], float(works.area_m2[one]), float(works.sealed[one]))
    for bowl in bowls:
        _catchment(draft, bowl_name(works, bowl), gage_of[bowl.mouths[0]], bowl.ramps_m2, 1.0)
    return tuple(Place(lon=float(a), lat=float(b)) for a, b in zip(lon, lat, strict=True))


def _catchment(draft: _Draft, node: str, gage: int, area_m2: float, sealed: float) -> None:
    """Ground that drains to a node: 1 % slope; wetting losses and Horton's rates of a loam under lawn, guessed."""
    name = f"S_{node}"
    draft.add("SUBCATCHMENTS", name, f"G{gage:03d}", node, area_m2 / 1e4, 100 * sealed, area_m2 / OVERLAND_M, 1.0, 0)
    draft.add("SUBAREAS", name, 0.014, 0.15, 1.5, 5.0, 25, "OUTLET")
    draft.add("INFILTRATION", name, 60.0, 6.0, 4.0, 7, 0)


def _crossings(draft: _Draft, works: Works, mine: IntArray) -> None:
    at, drains, tree, cover = works.crossings, works.drains, works.tree, works.cover
    for one in mine.tolist():
        name, road = crossing_name(one), float(cover[one])
        x, y, invert = float(at.x[one]), float(at.y[one]), float(drains.invert[one])
        draft.node("JUNCTIONS", name, x, y, road, invert, road + STREET_DEPTH_M + 0.01, 0, 0, 0)
        down, offset = int(tree.down[one]), 0.0
        to = crossing_name(down)
        if down < 0:
            bank = int(tree.bank[one])
            end = invert - LAST_SLOPE * float(drains.length[one])
            to, offset = reach_name(bank), max(0.2, end - float(works.reaches.bed[bank]))
            crest, link = road + BANK_SILL_M, f"W{one:05d}"
            draft.add("WEIRS", link, name, to, "TRANSVERSE", crest, WEIR_CD, "NO", 0, 0, "YES")
            draft.add("XSECTIONS", link, "RECT_OPEN", STREET_DEPTH_M - BANK_SILL_M, BANK_WIDTH_M, 0, 0)
        link = drain_name(one)
        fall = max(0.0, float(drains.invert[one] - drains.invert[down]) - 6.0) if down >= 0 else offset
        draft.add("CONDUITS", link, name, to, float(drains.length[one]), float(drains.roughness[one]), 0, fall, 0, 0)
        draft.add("XSECTIONS", link, "CIRCULAR", float(drains.diameter[one]), 0, 0, 0, 1)


def _streets(draft: _Draft, works: Works, number: int) -> None:
    at, cover = works.crossings, works.cover
    mine = (works.part[at.tail] == number) & (works.part[at.head] == number)
    for street in np.flatnonzero(mine).tolist():
        a, b, link = int(at.tail[street]), int(at.head[street]), f"S{street:05d}"
        ends = (crossing_name(a), crossing_name(b))
        draft.add("CONDUITS", link, *ends, float(at.length[street]), STREET_N, float(cover[a]), float(cover[b]), 0, 0)
        draft.add("XSECTIONS", link, "TRIANGULAR", STREET_DEPTH_M, STREET_WIDTH_M, 0, 0, 1)


def _rivers(draft: _Draft, works: Works, number: int) -> None:
    """Chains of trapezoids with a base flow; each unbroken chain ends in an outfall that people may raise."""
    reaches = works.reaches
    used = np.zeros(reaches.x.size, dtype=np.bool_)
    used[works.tree.bank[works.part == number]] = True
    mine = np.flatnonzero(works.reach_part == number)
    for whole in _chains(works, mine):
        if not used[whole].any():
            continue
        chain = whole[int(np.argmax(used[whole])) :]  # from where the first drain comes in
        river = rivers()[int(reaches.river[chain[0]])]
        draft.add("INFLOWS", reach_name(int(chain[0])), "FLOW", '""', "FLOW", 1.0, 1.0, river.baseflow_m3_s)
        for one in chain.tolist():
            x, y, bed = float(reaches.x[one]), float(reaches.y[one]), float(reaches.bed[one])
            draft.node("JUNCTIONS", reach_name(one), x, y, np.nan, bed, RIVER_DEPTH_M, 0, 0, 0)
        last = int(chain[-1])
        outfall, bed = f"O_{river.code}_{last:04d}", float(reaches.bed[last]) - 0.2
        x, y = float(reaches.x[last]), float(reaches.y[last])
        draft.node("OUTFALLS", outfall, x, y, np.nan, bed, "FIXED", bed + NORMAL_DEPTH_M, "NO")
        names = [*(reach_name(one) for one in chain.tolist()), outfall]
        far = np.hypot(np.diff(reaches.x[chain]), np.diff(reaches.y[chain])).tolist()
        for up, to, length in zip(names[:-1], names[1:], [*far, 200.0], strict=True):
            draft.add("CONDUITS", f"C{up}", up, to, float(length), RIVER_N, 0, 0, 0, 0)
            shape = (RIVER_DEPTH_M, river.bed_width_m, RIVER_SIDES, RIVER_SIDES, 1)
            draft.add("XSECTIONS", f"C{up}", "TRAPEZOIDAL", *shape)


def _chains(works: Works, mine: IntArray) -> Iterable[IntArray]:
    """Cross-sections of a model that follow one another on one river."""
    breaks = (np.diff(mine) != 1) | (np.diff(works.reaches.run[mine]) != 0)
    return np.split(mine, np.flatnonzero(breaks) + 1) if mine.size else []


def _bowl(draft: _Draft, works: Works, bowl: Bowl) -> None:
    spot, at = works.spots[bowl.spot], works.crossings
    street = float(min(at.ground[mouth] for mouth in bowl.mouths))
    name, pump, curve = bowl_name(works, bowl), pump_name(works, bowl), f"V_{spot.site_id}"
    x, y = float(at.x[bowl.mouths[0]]), float(at.y[bowl.mouths[0]])
    full = SUMP_M + bowl.depth_m
    invert = street - full
    draft.node("STORAGE", name, x, y, SUMP_M, invert, full + OVER_RIM_M, 0, "TABULAR", curve, 0, 0)
    draft.add("CURVES", curve, "STORAGE", 0, SUMP_M2)
    draft.add("CURVES", curve, SUMP_M - 0.05, SUMP_M2)
    for over in sorted({*np.linspace(0, bowl.depth_m, 4).tolist(), LOW_M}):
        draft.add("CURVES", curve, SUMP_M + over, bowl.area_m2(over))
    draft.add("CURVES", curve, full + OVER_RIM_M, bowl.area_m2(bowl.depth_m))
    draft.node("OUTFALLS", f"X_{spot.site_id}", x, y, np.nan, street, "FREE", "NO")
    draft.add("PUMPS", pump, name, f"X_{spot.site_id}", f"Q_{spot.site_id}", "ON", 0, 0)
    draft.add("CURVES", f"Q_{spot.site_id}", "PUMP4", 0, 0)
    for depth, share in ((0.2, 0.0), (0.9, 1.0), (full + OVER_RIM_M, 1.0)):
        draft.add("CURVES", f"Q_{spot.site_id}", depth, share * bowl.pumps_m3_s)
    for number, mouth in enumerate(bowl.mouths):
        link = f"M{number}_{spot.site_id}"
        crest = float(works.cover[mouth]) + bowl.crest_m
        draft.add("WEIRS", link, crossing_name(mouth), name, "TRANSVERSE", crest, WEIR_CD, "NO", 0, 0, "YES")
        draft.add("XSECTIONS", link, "RECT_OPEN", STREET_DEPTH_M - bowl.crest_m, bowl.width_m, 0, 0)
