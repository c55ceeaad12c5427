"""What is known of Zhengzhou: names, outlines, and where things are as far as anybody told; see `data/README.md`."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from simulators.city.frame import FloatArray


@dataclass(frozen=True, kw_only=True)
class District:
    """A district, as the outer rings of its outline in degrees."""

    name: str
    rings: tuple[FloatArray, ...]


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """One of the thirteen named road tunnels; its name is real, its place approximate, its measures mostly guessed."""

    code: str
    name: str
    name_en: str
    lon: float
    lat: float
    bearing_deg: float
    length_m: float
    pumps_m3_h: float


@dataclass(frozen=True, kw_only=True)
class River:
    """A river with its course drawn by hand, upstream first; lon, lat in degrees, shape (n,)."""

    code: str
    name: str
    name_en: str
    bed_width_m: float
    baseflow_m3_s: float
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True, kw_only=True)
class Ponding:
    """A place of a published list where water stood; without a position where the list's name was all there was."""

    code: str
    name: str
    lon: float | None
    lat: float | None


def _rows(name: str) -> list[dict[str, str]]:
    text = files("simulators.city").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text)))


@cache
def districts() -> tuple[District, ...]:
    """The five districts of the city proper."""
    text = files("simulators.city").joinpath("data", "districts.json").read_text(encoding="utf-8")
    return tuple(
        District(name=one["name"], rings=tuple(np.array(ring, dtype=np.float64) for ring in one["rings"]))
        for one in json.loads(text)
    )


@cache
def tunnels() -> tuple[Tunnel, ...]:
    """The thirteen named road tunnels."""
    return tuple(
        Tunnel(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            bearing_deg=float(row["bearing_deg"]),
            length_m=float(row["length_m"]),
            pumps_m3_h=float(row["pumps_m3_h"]),
        )
        for row in _rows("tunnels.csv")
    )


@cache
def rivers() -> tuple[River, ...]:
    """The seven rivers that the city drains to."""
    by_code: dict[str, list[dict[str, str]]] = {}
    for row in _rows("rivers.csv"):
        by_code.setdefault(row["river"], []).append(row)
    return tuple(
        River(
            code=code,
            name=rows[0]["name"],
            name_en=rows[0]["name_en"],
            bed_width_m=float(rows[0]["bed_width_m"]),
            baseflow_m3_s=float(rows[0]["baseflow_m3_s"]),
            lon=np.array([float(row["lon"]) for row in rows]),
            lat=np.array([float(row["lat"]) for row in rows]),
        )
        for code, rows in by_code.items()
    )


@cache
def ponding() -> tuple[Ponding, ...]:
    """The named places of the published lists, one for each name, and one for each position."""
    found: dict[object, Ponding] = {}
    for row in _rows("ponding.csv"):
        lon, lat = (float(row["lon"]), float(row["lat"])) if row["lon"] else (None, None)
        found.setdefault(
            (lon, lat) if lon else row["name"], Ponding(code=row["code"], name=row["name"], lon=lon, lat=lat)
        )
    return tuple(found.values())


@cache
def road_lines() -> dict[str, tuple[bool, float]]:
    """Roads that run straight enough to be a line: whether it runs north to south, and its longitude or latitude."""
    return {row["road"]: (row["course"] == "ns", float(row["deg"])) for row in _rows("roads.csv")}


@cache
def stations() -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Metro stations: names, lon, lat."""
    rows = _rows("stations.csv")
    lon = np.array([float(row["lon"]) for row in rows])
    lat = np.array([float(row["lat"]) for row in rows])
    return tuple(row["name"] for row in rows), lon, lat


def district_of(lon: FloatArray, lat: FloatArray) -> NDArray[np.intp]:
    """The district in whose outline each point lies, as an index into `districts()`; -1 outside all. Shape (n,)."""
    found = np.full(lon.shape, -1, dtype=np.intp)
    for number, district in enumerate(districts()):
        for ring in district.rings:
            found[_inside(ring, lon, lat) & (found < 0)] = number
    return found


def _inside(ring: FloatArray, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
    """Whether points lie in a ring: a ray to the east crosses it an odd number of times."""
    inside = np.zeros(lon.shape, dtype=np.bool_)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay != by:
            crosses = (ay > lat) != (by > lat)
            inside ^= crosses & (lon < ax + (lat - ay) * (bx - ax) / (by - ay))
    return inside
