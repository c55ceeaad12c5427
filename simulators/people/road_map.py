"""Ways over a road graph of which some edges are under water."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from floodcore.domain.geo import M_PER_DEGREE
from floodcore.domain.site import Place
from floodcore.errors import SettingsError
from simulators.city.plan import Roads
from simulators.people.vehicles import FloatArray, Vehicle, speed_m_s

OFF_ROAD = -1  # the edge of a stretch that the graph does not know: from a depot, to the water's edge
OFF_ROAD_M_S = 10 / 3.6  # guessed
REACH_M = 300.0  # who cannot come nearer works from here, with hoses and barriers carried by hand; guessed
BLOCKED_M = 30.0  # roads so near to a blocked place are blocked, and always the nearest; guessed
NOWHERE = -9999  # what scipy calls the node before a source


@dataclass(frozen=True, kw_only=True)
class Way:
    """From leg to leg.

    Attributes:
        edges: Of each leg, or OFF_ROAD, shape (n,).
        length_m: Of each leg, shape (n,).
        junctions: At the end of each leg, or OFF_ROAD, shape (n,).
        places: At the beginning and at the end of each leg, n + 1 of them.
    """

    edges: tuple[int, ...]
    length_m: tuple[float, ...]
    junctions: tuple[int, ...]
    places: tuple[Place, ...]


class RoadMap:
    """A road graph and the water on it now.

    Args:
        roads: The graph.
    """

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        n, m = len(roads.lon), len(roads.tail)
        tail, head = np.concatenate([roads.tail, roads.head]), np.concatenate([roads.head, roads.tail])
        order = np.argsort(tail, kind="stable")
        self._edge = np.tile(np.arange(m), 2)[order]  # of each arc
        self._to = head[order].astype(np.int32)
        self._first = np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int32)
        self._width = M_PER_DEGREE * cos(radians(float(roads.lat.mean())))
        self._last_node = int(roads.water.max(initial=-1))
        self._depth_m: FloatArray = np.zeros(m)
        self._blocked: NDArray[np.bool_] = np.zeros(m, dtype=np.bool_)
        self._blocked_at: frozenset[Place] = frozenset()
        self._speed: dict[Vehicle, FloatArray] = {}
        self._graph: dict[Vehicle, csr_matrix] = {}

    def flood(self, node_m: FloatArray) -> None:
        """The water stands so from now on.

        Args:
            node_m: Water over the road in m at every node of all parts in order, shape (n_nodes,).

        Raises:
            SettingsError: There are fewer nodes than the roads speak of: it is another city's water.
        """
        if len(node_m) <= self._last_node:
            raise SettingsError("The simulated world is another city than the crews'; give both the same words.")
        wet = self._roads.water >= 0
        self._depth_m = np.where(wet, node_m[self._roads.water], 0.0)
        self._speed.clear()
        self._graph.clear()

    def block(self, places: Iterable[Place]) -> None:
        """Nobody drives into the roads at these places from now on; those at any others are open."""
        found = frozenset(places)
        if found != self._blocked_at:
            self._blocked_at = found
            self._blocked = np.zeros(len(self._roads.tail), dtype=np.bool_)
            for place in found:
                away_m = self._from_edges_m(place)
                self._blocked |= away_m <= max(BLOCKED_M, float(away_m.min()))
            self._graph.clear()

    def is_open(self, vehicle: Vehicle, edge: int) -> bool:
        """Whether it may drive into an edge."""
        return edge == OFF_ROAD or (self.speed_m_s(vehicle, edge) > 0 and not self._blocked[edge])

    def depth_m(self, edge: int) -> float:
        """Water over an edge, m."""
        return 0.0 if edge == OFF_ROAD else float(self._depth_m[edge])

    def speed_m_s(self, vehicle: Vehicle, edge: int) -> float:
        """How fast it drives there now; 0 where the water stops it."""
        return OFF_ROAD_M_S if edge == OFF_ROAD else float(self._speeds(vehicle)[edge])

    def junction_near(self, place: Place) -> int:
        """The nearest junction."""
        return int(np.argmin(self._distances_m(place)))

    def way(self, here: Place | int, there: Place, vehicle: Vehicle) -> Way | None:
        """The quickest way as the water stands, or None where there is none.

        Who cannot reach the junction nearest to the goal goes to the one within reach from which it is soonest there.

        Args:
            here: A place off the roads, or a junction.
            there: The goal.
            vehicle: What is driven.
        """
        start = here if isinstance(here, int) else self.junction_near(here)
        seconds, before = dijkstra(self._weights(vehicle), indices=start, return_predecessors=True)
        off_m = self._distances_m(there)
        seconds = np.where(off_m <= max(REACH_M, off_m.min()), seconds + off_m / OFF_ROAD_M_S, np.inf)
        goal = int(np.argmin(seconds))
        if not np.isfinite(seconds[goal]):
            return None
        passed = _passed(before, goal)
        edges = [self._edge_between(vehicle, *pair) for pair in pairwise(passed)]
        legs = [(edge, float(self._roads.length_m[edge]), end) for edge, end in zip(edges, passed[1:], strict=True)]
        places = [self.place(one) for one in passed]
        if isinstance(here, Place):
            legs.insert(0, (OFF_ROAD, self._metres(here, places[0]), start))
            places.insert(0, here)
        legs.append((OFF_ROAD, float(off_m[goal]), OFF_ROAD))
        return Way(
            edges=tuple(edge for edge, _, _ in legs),
            length_m=tuple(length for _, length, _ in legs),
            junctions=tuple(end for _, _, end in legs),
            places=(*places, there),
        )

    def place(self, junction: int) -> Place:
        """Where a junction is."""
        return Place(lon=float(self._roads.lon[junction]), lat=float(self._roads.lat[junction]))

    def _speeds(self, vehicle: Vehicle) -> FloatArray:
        if vehicle not in self._speed:
            self._speed[vehicle] = speed_m_s(vehicle, self._roads.kind, self._depth_m)
        return self._speed[vehicle]

    def _weights(self, vehicle: Vehicle) -> csr_matrix:
        """Seconds of each arc, infinite where it may not go; two roads between two junctions stay two arcs."""
        if vehicle not in self._graph:
            with np.errstate(divide="ignore"):
                seconds = np.where(self._blocked, np.inf, self._roads.length_m / self._speeds(vehicle))
            n = len(self._roads.lon)
            self._graph[vehicle] = csr_matrix((seconds[self._edge], self._to, self._first), shape=(n, n))
        return self._graph[vehicle]

    def _edge_between(self, vehicle: Vehicle, tail: int, head: int) -> int:
        arcs = np.arange(self._first[tail], self._first[tail + 1])
        arcs = arcs[self._to[arcs] == head]
        return int(self._edge[arcs[np.argmin(self._weights(vehicle).data[arcs])]])

    def _distances_m(self, place: Place) -> FloatArray:
        """From a place to every junction, shape (n,): flat earth, which is good to 1 % over a city."""
        east, north = (self._roads.lon - place.lon) * self._width, (self._roads.lat - place.lat) * M_PER_DEGREE
        return np.hypot(east, north)

    def _from_edges_m(self, place: Place) -> FloatArray:
        """From a place to the nearest point of every edge, taken as a straight line, shape (m,)."""
        x, y = (self._roads.lon - place.lon) * self._width, (self._roads.lat - place.lat) * M_PER_DEGREE
        x1, y1 = x[self._roads.tail], y[self._roads.tail]
        dx, dy = x[self._roads.head] - x1, y[self._roads.head] - y1
        share = np.clip(-(x1 * dx + y1 * dy) / np.maximum(dx**2 + dy**2, 1e-9), 0.0, 1.0)
        return np.hypot(x1 + share * dx, y1 + share * dy)

    def _metres(self, here: Place, there: Place) -> float:
        return hypot((there.lon - here.lon) * self._width, (there.lat - here.lat) * M_PER_DEGREE)


def _passed(before: NDArray[np.int32], goal: int) -> list[int]:
    """Junctions from the source to the goal."""
    passed = [goal]
    while (last := int(before[passed[-1]])) != NOWHERE:
        passed.append(last)
    return passed[::-1]
