"""Which places are watched: published ones, the named tunnels, and invented ones until there are enough."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Position, SiteKind
from simulators.chance import chance
from simulators.city.crossings import Crossings
from simulators.city.frame import to_deg, to_m
from simulators.city.known import Ponding, Tunnel, ponding, road_lines, stations, tunnels
from simulators.city.plan import Provenance
from simulators.city.size import Size

NOT_A_ROAD_IN_WATER = re.compile("树木")  # a list of obstacles also names a fallen tree
FAR_AWAY = re.compile("中牟|上街区|新郑|荥阳|乡道")  # counties beyond the streets that are built here
DIPS = re.compile("桥涵|涵洞|下穿|地下道|隧道|立交")
STRAYS_M = 350.0  # how far a place may be moved to find a crossing of its own
SAME_PLACE_M = 60.0  # nearer than this, a crossing is what was named

# The tiny world that tests know by heart: A to D on a line, one kilometre apart, and E to the south of B. There E has
# no position; here it has one, since rain falls on places.
FIVE = {
    "A": (113.64, 34.75),
    "B": (113.650945, 34.75),
    "C": (113.66189, 34.75),
    "D": (113.672835, 34.75),
    "E": (113.650945, 34.7455),
}


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place that is watched, before it has water.

    Attributes:
        crossing: The street crossing whose water it shares, or whose water runs down into it.
        tunnel: What is known of it, if it is one of the named tunnels.
    """

    site_id: str
    name: str
    name_en: str
    kind: SiteKind
    crossing: int
    lon: float
    lat: float
    position: Position
    provenance: Provenance
    tunnel: Tunnel | None = None


class _Free:
    """Crossings that nobody has taken yet."""

    def __init__(self, crossings: Crossings) -> None:
        self._at = crossings
        self.is_free = np.ones(crossings.x.size, dtype=np.bool_)

    def take(self, lon: float, lat: float, within_m: float) -> int | None:
        """The nearest free crossing, if it is near enough."""
        x, y = to_m(lon, lat)
        far = np.where(self.is_free, np.hypot(self._at.x - x, self._at.y - y), np.inf)
        nearest = int(np.argmin(far))
        if not far[nearest] <= within_m:
            return None
        self.is_free[nearest] = False
        return nearest

    def place(self, crossing: int) -> tuple[float, float]:
        """Where a crossing is, in degrees."""
        lon, lat = to_deg(self._at.x[crossing], self._at.y[crossing])
        return float(lon), float(lat)


def spots_of(size: Size, crossings: Crossings, seed: int) -> tuple[Spot, ...]:
    """Choose the places that are watched in a city of this size."""
    free = _Free(crossings)
    if not size.has_named:
        return tuple(_of_five(letter, lon, lat, free) for letter, (lon, lat) in FIVE.items())
    found = [spot for tunnel in tunnels() if (spot := _of_tunnel(tunnel, free))]
    found += [spot for place in ponding() if (spot := _of_ponding(place, free, seed))]
    rng = chance(seed, f"spots {size.name}")
    bowls = sum(spot.kind is SiteKind.UNDERPASS and spot.tunnel is None for spot in found)
    n_bowls = max(0, min(size.n_underpasses - bowls, size.n_watched - len(found)))
    found += _invented("U", SiteKind.UNDERPASS, n_bowls, free, np.ones(crossings.x.size), rng)
    low = np.exp(-3.0 * _hollow(crossings))  # a metre lower than its neighbours is twenty times as likely
    found += _invented("J", SiteKind.ROAD, max(0, size.n_watched - len(found)), free, low, rng)
    return tuple(found)


def _of_five(letter: str, lon: float, lat: float, free: _Free) -> Spot:
    crossing = free.take(lon, lat, np.inf)
    assert crossing is not None
    return Spot(
        site_id=f"street-{letter}",
        name=f"{letter}街",
        name_en=f"{letter} Street",
        kind=SiteKind.UNDERPASS if letter == "D" else SiteKind.ROAD,
        crossing=crossing,
        lon=lon,
        lat=lat,
        position=Position.CONSTRUCTED,
        provenance=Provenance.INVENTED,
    )


def _of_tunnel(tunnel: Tunnel, free: _Free) -> Spot | None:
    crossing = free.take(tunnel.lon, tunnel.lat, STRAYS_M)
    if crossing is None:
        return None
    return Spot(
        site_id=tunnel.code,
        name=tunnel.name,
        name_en=tunnel.name_en,
        kind=SiteKind.UNDERPASS,
        crossing=crossing,
        lon=tunnel.lon,
        lat=tunnel.lat,
        position=Position.APPROXIMATE,
        provenance=Provenance.APPROXIMATE,
        tunnel=tunnel,
    )


def _of_ponding(place: Ponding, free: _Free, seed: int) -> Spot | None:
    if NOT_A_ROAD_IN_WATER.search(place.name) or FAR_AWAY.search(place.name):
        return None
    is_known = place.lon is not None and place.lat is not None
    lon, lat = (place.lon, place.lat) if is_known else _guess(place, seed)
    if lon is None or lat is None or (crossing := free.take(lon, lat, STRAYS_M)) is None:
        return None
    if not is_known:
        lon, lat = free.place(crossing)
    return Spot(
        site_id=place.code,
        name=place.name,
        name_en=f"Published ponding place {place.code}",
        kind=SiteKind.UNDERPASS if DIPS.search(place.name) else SiteKind.ROAD,
        crossing=crossing,
        lon=lon,
        lat=lat,
        position=Position.APPROXIMATE if is_known else Position.CONSTRUCTED,
        provenance=Provenance.APPROXIMATE if is_known else Provenance.INVENTED,
    )


def _guess(place: Ponding, seed: int) -> tuple[float | None, float | None]:
    """A position on the roads that a place is named for: where two of them cross, else somewhere along the one."""
    rng = chance(seed, place.code)
    named = sorted((place.name.find(road), -len(road), road) for road in road_lines() if road in place.name)
    lon = next((deg for _, _, road in named for is_ns, deg in [road_lines()[road]] if is_ns), None)
    lat = next((deg for _, _, road in named for is_ns, deg in [road_lines()[road]] if not is_ns), None)
    # Along a road, or anywhere: within the old city, where most of the lists' places are.
    anywhere_lon, anywhere_lat = rng.uniform(113.59, 113.73), rng.uniform(34.71, 34.81)
    return (anywhere_lon if lon is None else lon), (anywhere_lat if lat is None else lat)


def _invented(
    letter: str,
    kind: SiteKind,
    count: int,
    free: _Free,
    weight: NDArray[np.float64],
    rng: np.random.Generator,
) -> list[Spot]:
    weight = weight * free.is_free
    chosen = rng.choice(weight.size, size=count, replace=False, p=weight / weight.sum())
    free.is_free[chosen] = False
    return [_invented_at(f"{letter}-{number + 1:03d}", kind, int(one), free) for number, one in enumerate(chosen)]


def _invented_at(code: str, kind: SiteKind, crossing: int, free: _Free) -> Spot:
    lon, lat = free.place(crossing)
    zh, en = ("下穿立交", "Underpass") if kind is SiteKind.UNDERPASS else ("易涝点", "Ponding place")
    return Spot(
        site_id=code,
        name=f"{zh} {code}（{near(lon, lat)}附近）",
        name_en=f"{en} {code}",
        kind=kind,
        crossing=crossing,
        lon=lon,
        lat=lat,
        position=Position.CONSTRUCTED,
        provenance=Provenance.INVENTED,
    )


def near(lon: float, lat: float) -> str:
    """The name of the nearest metro station, to tell people where an invented thing is."""
    names, station_lon, station_lat = stations()
    x, y = to_m(station_lon, station_lat)
    here_x, here_y = to_m(lon, lat)
    return names[int(np.argmin(np.hypot(x - here_x, y - here_y)))]


def _hollow(crossings: Crossings) -> NDArray[np.float64]:
    """Height of each crossing over the mean of its neighbours, metres; 0 where it has none."""
    n = crossings.x.size
    tail, head = crossings.tail, crossings.head
    count = np.bincount(tail, minlength=n) + np.bincount(head, minlength=n)
    total = np.bincount(tail, crossings.ground[head], n) + np.bincount(head, crossings.ground[tail], n)
    return np.where(count > 0, crossings.ground - total / np.maximum(count, 1), 0.0)
