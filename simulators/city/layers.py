"""A constructed city on the map: GeoJSON features by layer, each with how real it is."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from simulators.city.frame import to_deg
from simulators.city.grid import Cell
from simulators.city.known import rivers
from simulators.city.plan import Provenance, RoadClass
from simulators.city.streets import Line
from simulators.city.works import Works

LARGEST_DRAINS = 1_500  # more hide the map; the others are side streets' drains

Feature = dict[str, Any]


def layers_of(works: Works, lines: Iterable[Line], cells: Sequence[Cell]) -> dict[str, list[Feature]]:
    """The layers `roads`, `rivers`, `drains`, `grid` (level 1) and `pump_stations`."""
    return {
        "roads": [*(_road(line) for line in lines), *_tunnels(works)],
        "rivers": _rivers(works),
        "drains": _drains(works),
        "grid": [_cell(cell) for cell in cells if cell.level == 1],
        "pump_stations": _pump_stations(works),
    }


def _feature(
    code: str, name: str, name_en: str, provenance: Provenance, kind: str, coordinates: object, **more: object
) -> Feature:
    return {
        "type": "Feature",
        "id": code,
        "properties": {"name": name, "name_en": name_en, "provenance": provenance.value, **more},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _road(line: Line) -> Feature:
    """A real road whose course here is a line of the grid near it, or an invented one."""
    way, way_en = ("纵", "N") if line.is_ns else ("横", "E")
    code = f"road-{way_en}{line.number:03d}"
    name, name_en = f"{way}{line.number:03d}线", f"Road {way_en}{line.number:03d}"
    provenance = Provenance.APPROXIMATE if line.road else Provenance.INVENTED
    course = np.column_stack([line.lon, line.lat]).tolist()
    return _feature(
        code, line.road or name, line.road or name_en, provenance, "LineString", course, road=line.kind.value
    )


def _tunnels(works: Works) -> list[Feature]:
    found = []
    for spot in works.spots:
        if spot.tunnel is None:
            continue
        bearing, half = np.radians(spot.tunnel.bearing_deg), spot.tunnel.length_m / 2
        east, north = half * np.sin(bearing), half * np.cos(bearing)
        middle = works.crossings
        x, y = middle.x[spot.crossing], middle.y[spot.crossing]
        lon, lat = to_deg(np.array([x - east, x + east]), np.array([y - north, y + north]))
        course = np.column_stack([lon, lat]).tolist()
        code = f"tunnel-{spot.site_id}"
        more = {"road": RoadClass.TUNNEL.value}
        found.append(_feature(code, spot.name, spot.name_en, spot.provenance, "LineString", course, **more))
    return found


def _rivers(works: Works) -> list[Feature]:
    """Courses drawn by hand; their names are real."""
    found = []
    for run in range(int(works.reaches.run.max()) + 1):
        mine = works.reaches.run == run
        river = rivers()[int(works.reaches.river[mine][0])]
        course = np.column_stack(to_deg(works.reaches.x[mine], works.reaches.y[mine])).tolist()
        approximate = Provenance.APPROXIMATE
        found.append(_feature(f"river-{run}", river.name, river.name_en, approximate, "LineString", course))
    return found


def _drains(works: Works) -> list[Feature]:
    at, down = works.crossings, works.tree.down
    largest = np.argsort(-works.drains.diameter, kind="stable")[:LARGEST_DRAINS]
    found = []
    for one in np.sort(largest).tolist():
        to_x, to_y = at.x[down[one]], at.y[down[one]]
        if down[one] < 0:
            to_x, to_y = works.reaches.x[works.tree.bank[one]], works.reaches.y[works.tree.bank[one]]
        lon, lat = to_deg(np.array([at.x[one], to_x]), np.array([at.y[one], to_y]))
        course = np.column_stack([lon, lat]).tolist()
        wide = round(float(works.drains.diameter[one]), 1)
        code = f"drain-{one:05d}"
        named = (f"雨水干管 {one:05d}", f"Drain {one:05d}")
        found.append(_feature(code, *named, Provenance.INVENTED, "LineString", course, diameter_m=wide))
    return found


def _cell(cell: Cell) -> Feature:
    corners = [(cell.west, cell.south), (cell.east, cell.south), (cell.east, cell.north), (cell.west, cell.north)]
    ring = [[lon, lat] for lon, lat in [*corners, corners[0]]]
    name, name_en = f"{cell.zone}一级网格 {cell.code}", f"Grid {cell.code}"
    return _feature(cell.code, name, name_en, Provenance.INVENTED, "Polygon", [ring], zone=cell.zone)


def _pump_stations(works: Works) -> list[Feature]:
    """One at each bowl; that a named tunnel has pumps is so, where they stand is not known."""
    found = []
    for bowl in works.bowls:
        spot = works.spots[bowl.spot]
        name, name_en = f"{spot.name}泵站", f"Pumps of {spot.name_en}"
        rate = round(bowl.pumps_m3_s * 3_600)
        code, at = f"pumps-{spot.site_id}", [spot.lon, spot.lat]
        found.append(_feature(code, name, name_en, spot.provenance, "Point", at, pumps_m3_h=rate))
    return found
