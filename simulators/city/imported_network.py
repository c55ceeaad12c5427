"""What is known of a strange network once it has been read and run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place, Position
from simulators.city.frame import FloatArray
from simulators.city.plan import Provenance
from simulators.engine.layout import Layout


@dataclass(frozen=True, kw_only=True)
class Network:
    """Nodes and links in the engine's order.

    Attributes:
        lon, lat: Of the nodes, degrees.
        road_m: The rim of each node over its invert; NaN at outfalls.
        tail, head: Nodes of each link.
        is_pump: Of the links.
        is_outfall: Of the nodes.
        peak_m3_s: Largest flow of each link while the sites were looked for.
        peak_m: Deepest water of each node then.
        provenance, position: Of everything that stands at a node.
    """

    layout: Layout
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    gages: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray
    node_places: tuple[Place, ...]
    gage_places: tuple[Place, ...]
    road_m: FloatArray
    tail: NDArray[np.intp]
    head: NDArray[np.intp]
    is_pump: NDArray[np.bool_]
    is_outfall: NDArray[np.bool_]
    peak_m3_s: FloatArray
    peak_m: FloatArray
    provenance: Provenance
    position: Position
