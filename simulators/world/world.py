"""A city in a storm, minute by minute: rain falls, water obeys the engine, people and breakdowns change it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place, Site
from floodcore.errors import NotFound, Refused
from simulators.city.plan import City, GaugeKind, Watched
from simulators.storms.storm import Storm
from simulators.world.minute import FloatArray, Minute
from simulators.world.power import Power
from simulators.world.water import Orders, Snapshot, Water

MINUTE = timedelta(minutes=1)
S_PER_H = 3600.0
RUNS_FROM_M3_S = 1e-4  # a pump that moves less stands still
LINK_KINDS = frozenset({GaugeKind.FLOW, GaugeKind.PUMP})  # they watch a link, all others a node or the sky
LARGEST_PUMP_M3_H = 30_000.0  # ten of the largest trucks on one place; more is a slip of the pen


class World:
    """Goes on by `step`, one minute at a time.

    Not safe for several threads at once: whoever changes it does so between two steps.

    Args:
        city: Where.
        storm: What falls.
        water: The city's hydraulics, dry or from a hot start; closed by whoever made it.
        start: The moment from which the first minute counts, aware.

    Attributes:
        at: The end of the last minute.
    """

    def __init__(self, city: City, storm: Storm, water: Water, *, start: datetime) -> None:
        self.city, self.storm, self.at = city, storm, start
        self._water = water
        self._index = _Index(city)
        self._power = Power(city.watched)
        self._pumping: dict[str, dict[str, float]] = {}  # m3/h by team, by site
        self._broken: set[str] = set()  # sites whose own pumps are
        self._stage_m: dict[tuple[int, str], float] = {}

    def step(self) -> Minute:
        """Let one minute pass; what is true at its end."""
        orders = [self._orders(part) for part in range(len(self.city.parts))]
        snapshots = self._water.advance(MINUTE.total_seconds(), orders)
        rain = self._rain()
        self.at += MINUTE
        return self._minute(snapshots, rain)

    def pump(self, site_id: str, team_id: str, m3_h: float) -> None:
        """A team pumps at a place from now on; 0 stops it.

        Raises:
            NotFound: No such place.
            Refused: No pump moves so much, or less than nothing.
        """
        self._watched(site_id)
        if not 0 <= m3_h <= LARGEST_PUMP_M3_H:
            raise Refused(f"No team pumps {m3_h:g} m3/h; say 0 to {LARGEST_PUMP_M3_H:g}.")
        teams = self._pumping.setdefault(site_id, {})
        teams.pop(team_id, None)
        if m3_h:
            teams[team_id] = m3_h

    def stop_pumping(self, team_ids: Iterable[str] | None = None) -> None:
        """These teams, or all of them, pump nowhere any more."""
        for teams in self._pumping.values():
            for team_id in list(teams) if team_ids is None else team_ids:
                teams.pop(team_id, None)

    def break_pumps(self, site_id: str, *, broken: bool = True) -> None:
        """A place's own pumps stand still, or are mended.

        Raises:
            NotFound: No such place.
            Refused: It has no pumps.
        """
        if not self._watched(site_id).pumps:
            raise Refused(f"{site_id} has no pumps of its own; name a tunnel or an underpass.")
        (self._broken.add if broken else self._broken.discard)(site_id)

    def raise_river(self, outfall: str, stage_m: float) -> int:
        """The river stands at this level at an outfall, in its model's datum, or at all outfalls of that name.

        Returns:
            At how many parts there is such an outfall.

        Raises:
            NotFound: There is none.
        """
        parts = [number for number, part in enumerate(self.city.parts) if outfall in part.nodes]
        if not parts:
            raise NotFound(f"No model has an outfall {outfall}; look into the state for the names.")
        self._stage_m |= {(number, outfall): stage_m for number in parts}
        return len(parts)

    @property
    def pumping(self) -> Mapping[str, Mapping[str, float]]:
        """m3/h by team, by site."""
        return {site_id: dict(teams) for site_id, teams in self._pumping.items() if teams}

    @property
    def broken(self) -> list[str]:
        """Places whose own pumps are broken."""
        return sorted(self._broken)

    def without_power(self) -> list[str]:
        """Places whose mains have failed."""
        return [one.site.site_id for number, one in enumerate(self.city.watched) if not self._power.is_on(number)]

    @property
    def balance_pct(self) -> float:
        """The worst error of any part's balance so far, per cent."""
        return self._water.balance_pct()

    def branch(self) -> "World":
        """The same city at the same moment, which goes its own way from here: for "what if". Close its water."""
        twin = World(self.city, self.storm, self._water.branch(), start=self.at)
        twin._power = self._power.copy()
        twin._pumping = {site_id: dict(teams) for site_id, teams in self._pumping.items()}
        twin._broken, twin._stage_m = set(self._broken), dict(self._stage_m)
        return twin

    def close(self) -> None:
        """End its water; again does nothing."""
        self._water.close()

    def _watched(self, site_id: str) -> Watched:
        number = self._index.watched_of.get(site_id)
        if number is None:
            raise NotFound(f"No place {site_id} is watched in {self.city.title_en}; look into the state for the names.")
        return self.city.watched[number]

    def _orders(self, part: int) -> Orders:
        gages = self._index.gages[part]
        inflow: dict[str, float] = {}
        setting: dict[str, float] = {}
        for number, watched in self._index.in_part[part]:
            if pumped := sum(self._pumping.get(watched.site.site_id, {}).values()):
                inflow[watched.node] = inflow.get(watched.node, 0.0) - pumped / S_PER_H
            stands = watched.site.site_id in self._broken or not self._power.is_on(number)
            setting |= dict.fromkeys(watched.pumps, 0.0 if stands else 1.0)
        return Orders(
            rain_mm_h=self.storm.intensity(self.at, *gages),
            inflow_m3_s=inflow,
            setting=setting,
            stage_m={outfall: level for (number, outfall), level in self._stage_m.items() if number == part},
        )

    def _rain(self) -> FloatArray:
        return self.storm.intensity(self.at, self._index.rain_lon, self._index.rain_lat)

    def _minute(self, snapshots: Sequence[Snapshot], rain_mm_h: FloatArray) -> Minute:
        index = self._index
        depth = np.concatenate([snapshot.depth_m for snapshot in snapshots])
        flow = np.concatenate([snapshot.flow_m3_s for snapshot in snapshots])
        road = np.maximum(depth[index.watched_node] - index.watched_zero, 0.0)
        self._power.look(road, self.at)
        n_watched = len(self.city.watched)
        gauge = np.empty(len(self.city.gauges))
        gauge[index.levels] = np.maximum(depth[index.level_node] - index.level_zero, 0.0)
        gauge[index.flows] = flow[index.flow_link]
        gauge[index.pumps] = np.abs(flow[index.pump_link]) > RUNS_FROM_M3_S
        gauge[index.rains] = rain_mm_h[n_watched:] * (MINUTE.total_seconds() / S_PER_H)
        return Minute(
            at=self.at,
            depth_m=depth,
            road_m=road,
            gauge=gauge,
            has_power=self._power.at_gauges(index.gauge_watched),
            rain_mm_h=rain_mm_h[:n_watched],
        )


def link_names(city: City) -> list[list[str]]:
    """The links of each part whose flow its gauges need, in the order in which snapshots give them."""
    names: list[list[str]] = [[] for _ in city.parts]
    for gauge in city.gauges:
        if gauge.kind in LINK_KINDS and gauge.element not in names[gauge.part]:
            names[gauge.part].append(gauge.element)
    return names


class _Index:
    """Where in the arrays of all parts each thing is; made once."""

    def __init__(self, city: City) -> None:
        nodes = _numbered([part.nodes for part in city.parts])
        links = _numbered(link_names(city))
        road = np.concatenate([part.road_m for part in city.parts])
        self.gages = [_places(part.gages) for part in city.parts]
        self.watched_of = {watched.site.site_id: number for number, watched in enumerate(city.watched)}
        self.in_part = [
            [(number, watched) for number, watched in enumerate(city.watched) if watched.part == part]
            for part in range(len(city.parts))
        ]
        self.watched_node = np.array([nodes[one.part, one.node] for one in city.watched], dtype=np.intp)
        self.watched_zero = road[self.watched_node]

        kinds = [gauge.kind for gauge in city.gauges]
        self.flows = _where(kinds, {GaugeKind.FLOW})
        self.pumps = _where(kinds, {GaugeKind.PUMP})
        self.rains = _where(kinds, {GaugeKind.RAIN})
        self.levels = _where(kinds, set(GaugeKind) - LINK_KINDS - {GaugeKind.RAIN})
        levels = [city.gauges[number] for number in self.levels]
        self.level_node = np.array([nodes[one.part, one.element] for one in levels], dtype=np.intp)
        self.level_zero = np.array([one.zero_m for one in levels])
        self.flow_link = self._links(city, self.flows, links)
        self.pump_link = self._links(city, self.pumps, links)
        self.gauge_watched = np.array([self.watched_of.get(one.site_id, -1) for one in city.gauges], dtype=np.intp)

        site_of = {site.site_id: site for site in city.sites}
        dry = [site_of[city.gauges[number].site_id] for number in self.rains]
        self.rain_lon, self.rain_lat = _places([_place(site) for site in (*(one.site for one in city.watched), *dry)])

    @staticmethod
    def _links(city: City, which: NDArray[np.intp], links: Mapping[tuple[int, str], int]) -> NDArray[np.intp]:
        found = [links[city.gauges[number].part, city.gauges[number].element] for number in which]
        return np.array(found, dtype=np.intp)


def _numbered(names: Sequence[Sequence[str]]) -> dict[tuple[int, str], int]:
    pairs = ((part, name) for part, of_part in enumerate(names) for name in of_part)
    return {pair: number for number, pair in enumerate(pairs)}


def _where(kinds: Sequence[GaugeKind], wanted: set[GaugeKind]) -> NDArray[np.intp]:
    return np.array([number for number, kind in enumerate(kinds) if kind in wanted], dtype=np.intp)


def _place(site: Site) -> Place:
    if site.place is None:
        raise ValueError(f"{site.site_id} has no place, so that no rain can fall on it")
    return site.place


def _places(places: Sequence[Place]) -> tuple[FloatArray, FloatArray]:
    return np.array([place.lon for place in places]), np.array([place.lat for place in places])
