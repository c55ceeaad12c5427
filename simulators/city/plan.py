"""What a city is to the simulator: water in parts, places that are watched, gauges, and roads.

A constructed Zhengzhou and a network that somebody else made are both one of these; everything that follows (the
world, its gauges, its crews, its data sets) knows nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place, Site
from simulators.area import Area


class Provenance(StrEnum):
    """How much of a thing is so in the real city; marked on every object, and shown wherever it is."""

    REAL = "real"  # from a published source
    APPROXIMATE = "approximate"  # real, but its place or measure is only roughly known
    INVENTED = "invented"  # made up by the generator


@dataclass(frozen=True, kw_only=True)
class Part:
    """One hydraulic model: a river's basin of the city, or somebody's network.

    Attributes:
        part_id: For people and file names.
        model: The text of an input file for EPA SWMM 5.2.
        folder: Where the files lie that the text names; None where it names none.
        gages: Where each rain gage of the model stands, in the order of the model.
        nodes: Names, in the order of the model.
        lon, lat: Of the nodes, degrees WGS 84, shape (n_nodes,).
        road_m: The road over each node, in metres above the node's invert, shape (n_nodes,); NaN where there is none.
            Water depth over the road is the node's depth less this, and never below zero.
    """

    part_id: str
    model: str
    folder: Path | None = None
    gages: tuple[Place, ...]
    nodes: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    road_m: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A place that is watched, and where its water is in the model.

    Attributes:
        part: Index of its part.
        node: Name of its node.
        is_tunnel: One of the road tunnels.
        pumps: Links of its part that pump it out.
        power_fails_m: Depth over the road at which its cabinet is under water: its pumps stop, and gauges that live
            from the mains fall silent. None where nothing depends on power.
    """

    site: Site
    part: int
    node: str
    provenance: Provenance
    is_tunnel: bool = False
    pumps: tuple[str, ...] = ()
    power_fails_m: float | None = None


class GaugeKind(StrEnum):
    """What an instrument is; it decides what it sends and how it fails."""

    ULTRASONIC = "ultrasonic"  # `distance` from its head down to the water
    PRESSURE = "pressure"  # `level`: water over its zero
    STAFF = "staff"  # `level` by an electronic staff, in steps of a centimetre
    MANHOLE = "manhole"  # `level` over a manhole's invert
    RIVER = "river"  # `level` of a river over its bed
    RAIN = "rain"  # `rain` by a tipping bucket
    FLOW = "flow"  # `flow` in a pipe, m3/s
    PUMP = "pump"  # `pump`: 1 while it runs, else 0


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """One instrument and the element of the model that it watches.

    Attributes:
        device_id: As it publishes.
        part, element: Node of the part, or link for FLOW and PUMP; RAIN watches the sky at its site's place.
        zero_m: What it reads as zero, in metres above the node's invert.
        head_m: ULTRASONIC only: its head above its zero.
        on_mains: Falls silent when its place has lost power.
        interval: Between readings in rain.
    """

    device_id: str
    site_id: str
    kind: GaugeKind
    part: int = 0
    element: str = ""
    zero_m: float = 0.0
    head_m: float | None = None
    on_mains: bool = False
    interval: timedelta = timedelta(minutes=1)


class RoadClass(StrEnum):
    """What a road is; in the order of `Roads.kind`."""

    EXPRESSWAY = "expressway"
    ARTERIAL = "arterial"
    STREET = "street"
    TUNNEL = "tunnel"


ROAD_CLASSES = tuple(RoadClass)


@dataclass(frozen=True, kw_only=True)
class Roads:
    """A road graph; every edge may be driven both ways.

    Attributes:
        lon, lat: Of the junctions, degrees, shape (n,).
        tail, head: Junctions of each edge, shape (m,).
        length_m: Shape (m,).
        kind: Index into ROAD_CLASSES, shape (m,).
        water: Where the water over an edge stands: index into the nodes of all parts, one part after the other; -1
            where none does. Shape (m,).
        provenance: Of the graph as a whole.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    kind: NDArray[np.uint8]
    water: NDArray[np.int32]
    provenance: Provenance = Provenance.INVENTED


@dataclass(frozen=True, kw_only=True)
class City:
    """A city that can be rained on.

    Attributes:
        name: For file names, such as "district".
        title, title_en: For people.
        timezone: IANA name.
        sites: Every place that the register is to know: watched ones, and those of single gauges.
        watched: Places where water may stand; they are what is forecast and attended to.
        layers: GeoJSON features by layer for the map, each with its `provenance`.
        notes: What a user must know about it, in both languages: what is invented, what was changed.
    """

    name: str
    title: str
    title_en: str
    timezone: str
    area: Area
    parts: tuple[Part, ...]
    sites: tuple[Site, ...]
    watched: tuple[Watched, ...]
    gauges: tuple[Gauge, ...]
    roads: Roads | None = None
    layers: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
