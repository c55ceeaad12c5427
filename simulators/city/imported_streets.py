"""Streets over a strange network, so that crews can drive: one along each of its links."""

from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from simulators.city.frame import M_PER_DEG_LAT, FloatArray
from simulators.city.imported_network import Network
from simulators.city.plan import ROAD_CLASSES, Provenance, RoadClass, Roads

SHORTEST_M = 5.0  # of a street; nodes of some models lie on one point


def streets_of(network: Network) -> Roads:
    """A connected graph of streets; invented, and wet where the node at its tail is."""
    tail, head = _joined(network)
    x, y = _metres(network)
    length = np.hypot(x[tail] - x[head], y[tail] - y[head])
    has_rim = ~np.isnan(network.road_m)
    water = np.where(has_rim[tail], tail, np.where(has_rim[head], head, -1))
    return Roads(
        lon=network.lon,
        lat=network.lat,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_m=np.maximum(length, SHORTEST_M),
        kind=np.full(len(tail), ROAD_CLASSES.index(RoadClass.STREET), dtype=np.uint8),
        water=water.astype(np.int32),
        provenance=Provenance.INVENTED,
    )


def drains_of(network: Network) -> list[dict[str, Any]]:
    """The network's links as lines for the map, straight from node to node."""
    found = []
    for link, name in enumerate(network.links):
        ends = [network.tail[link], network.head[link]]
        found.append(
            {
                "type": "Feature",
                "id": f"drain-{link}",
                "properties": {
                    "name": f"管段 {name}",
                    "name_en": f"Link {name}",
                    "provenance": network.provenance.value,
                },
                "geometry": {
                    "type": "LineString",
                    "coordinates": np.column_stack([network.lon[ends], network.lat[ends]]).tolist(),
                },
            }
        )
    return found


def _joined(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """The ends of all streets: the links, and the shortest bridges from what they leave apart to the largest piece."""
    n = len(network.nodes)
    tail, head = network.tail, network.head
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(n, n))
    pieces, piece_of = connected_components(graph, directed=False)
    points = np.column_stack(_metres(network))
    largest = int(np.bincount(piece_of).argmax())
    main = np.flatnonzero(piece_of == largest)
    tree = cKDTree(points[main])
    bridges = []
    for piece in range(pieces):
        if piece != largest:
            own = np.flatnonzero(piece_of == piece)
            far, near = tree.query(points[own])
            bridges.append((own[int(np.argmin(far))], main[near[int(np.argmin(far))]]))
    if bridges:
        ends = np.array(bridges, dtype=np.intp)
        tail, head = np.concatenate([tail, ends[:, 0]]), np.concatenate([head, ends[:, 1]])
    return tail, head


def _metres(network: Network) -> tuple[FloatArray, FloatArray]:
    lat = np.radians(network.lat.mean())
    return network.lon * M_PER_DEG_LAT * np.cos(lat), network.lat * M_PER_DEG_LAT
