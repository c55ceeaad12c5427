"""The watched places and the other stations of a constructed city, and the gauges at them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from floodcore.domain.site import Place, Position, Site, SiteKind
from simulators.chance import chance
from simulators.city.bowls import SUMP_M
from simulators.city.crossings import IntArray
from simulators.city.frame import FloatArray, to_deg
from simulators.city.known import district_of, districts, rivers
from simulators.city.model import bowl_name, crossing_name, drain_name, pump_name, reach_name
from simulators.city.plan import Gauge, GaugeKind, Part, Watched
from simulators.city.spots import Spot, near
from simulators.city.works import Works

# What stands at a road, by share; guessed from what vendors offer most.
KINDS = (GaugeKind.ULTRASONIC, GaugeKind.PRESSURE, GaugeKind.STAFF)
SHARES = (0.6, 0.25, 0.15)
INTERVALS_MIN = (1, 2, 5)  # 1 to 5 minutes in rain is vendors' practice
INTERVAL_SHARES = (0.6, 0.2, 0.2)
ON_MAINS = 0.3  # of gauges at roads; the others live from a battery and the sun; guessed
HEAD_ROAD_M, HEAD_BOWL_M = 3.5, 6.0  # of an ultrasonic head: on a pole, and under the soffit
APART_M = 1_500.0  # between two flow meters, so that they do not all stand on one trunk


@dataclass(frozen=True, kw_only=True)
class Stations:
    """Everything that is watched or measured."""

    sites: tuple[Site, ...]
    watched: tuple[Watched, ...]
    gauges: tuple[Gauge, ...]


class _Stations:
    """Gathers sites and their gauges."""

    def __init__(self, works: Works, parts: Sequence[Part], seed: int) -> None:
        self.works, self.seed = works, seed
        self.road = [dict(zip(part.nodes, part.road_m.tolist(), strict=True)) for part in parts]
        self.sites: list[Site] = []
        self.gauges: list[Gauge] = []

    def site(self, code: str, name: str, name_en: str, kind: SiteKind, x: float, y: float) -> None:
        """A station that is invented, at a point in metres of the frame."""
        lon, lat = (float(one) for one in to_deg(x, y))
        self.sites.append(
            Site(
                site_id=code,
                name=f"{name} {code}（{near(lon, lat)}附近）",
                name_en=f"{name_en} {code}",
                kind=kind,
                place=Place(lon=lon, lat=lat),
                position=Position.CONSTRUCTED,
            )
        )

    def gauge(self, device: str, site_id: str, kind: GaugeKind, part: int, element: str, **more: object) -> None:
        rng = chance(self.seed, f"interval {device}")
        interval = timedelta(minutes=int(rng.choice(INTERVALS_MIN, p=INTERVAL_SHARES)))
        self.gauges.append(
            Gauge(
                device_id=f"{device}-{site_id.removeprefix('street-')}",
                site_id=site_id,
                kind=kind,
                part=part,
                element=element,
                interval=interval,
                **more,  # type: ignore[arg-type]
            )
        )


def stations_of(works: Works, parts: Sequence[Part], seed: int) -> Stations:
    """Watch the spots, and set up wells, flow meters, river and rain gauges."""
    found = _Stations(works, parts, seed)
    watched = _watched(works)
    for one in watched:
        found.sites.append(one.site)
        _at_watched(found, one)
    _wells(found)
    _flows(found)
    _river_levels(found)
    _rain(found)
    sites = _in_districts(found.sites)
    watched = tuple(replace(one, site=sites[one.site.site_id]) for one in watched)
    return Stations(sites=tuple(sites.values()), watched=watched, gauges=tuple(found.gauges))


def _watched(works: Works) -> tuple[Watched, ...]:
    bowls = {bowl.spot: bowl for bowl in works.bowls}
    found = []
    for number, spot in enumerate(works.spots):
        bowl = bowls.get(number)
        if bowl is None:
            part, node = int(works.part[spot.crossing]), crossing_name(spot.crossing)
            found.append(Watched(site=_site(spot), part=part, node=node, provenance=spot.provenance))
            continue
        found.append(
            Watched(
                site=_site(spot),
                part=int(works.part[bowl.mouths[0]]),
                node=bowl_name(works, bowl),
                provenance=spot.provenance,
                is_tunnel=spot.tunnel is not None,
                pumps=(pump_name(works, bowl),),
                power_fails_m=bowl.power_fails_m,
            )
        )
    return tuple(found)


def _site(spot: Spot) -> Site:
    return Site(
        site_id=spot.site_id,
        name=spot.name,
        name_en=spot.name_en,
        kind=spot.kind,
        place=Place(lon=spot.lon, lat=spot.lat),
        position=spot.position,
    )


def _in_districts(sites: Sequence[Site]) -> dict[str, Site]:
    """The same sites, told in which district they lie, by their id."""
    places = [site.place for site in sites if site.place]
    numbers = district_of(np.array([place.lon for place in places]), np.array([place.lat for place in places]))
    names = [districts()[number].name if number >= 0 else None for number in numbers.tolist()]
    return {site.site_id: replace(site, district=name) for site, name in zip(sites, names, strict=True)}


def _at_watched(found: _Stations, watched: Watched) -> None:
    """One gauge at a road; at a bowl one on the mains, which its own water silences, and one at the pumps.

    A tunnel has a second gauge, on a battery. A pump belongs to the place that it pumps out, so that it falls silent
    with that place.
    """
    site_id = watched.site.site_id
    rng = chance(found.seed, f"gauge {site_id}")
    kind = KINDS[int(rng.choice(len(KINDS), p=SHARES))]
    head = HEAD_BOWL_M if watched.pumps else HEAD_ROAD_M
    at = (watched.part, watched.node)
    zero_m = SUMP_M if watched.pumps else found.road[watched.part][watched.node]
    found.gauge(
        "gauge",
        site_id,
        kind,
        *at,
        zero_m=zero_m,
        head_m=head if kind is GaugeKind.ULTRASONIC else None,
        on_mains=bool(watched.pumps) or bool(rng.random() < ON_MAINS),
    )
    if watched.is_tunnel:
        found.gauge("second", site_id, GaugeKind.PRESSURE, *at, zero_m=zero_m)
    for pump in watched.pumps:
        found.gauge("pump", site_id, GaugeKind.PUMP, watched.part, pump, on_mains=True)


def _wells(found: _Stations) -> None:
    works = found.works
    rng = chance(found.seed, f"wells {works.size.name}")
    free = np.setdiff1d(np.arange(works.crossings.x.size), [spot.crossing for spot in works.spots])
    for number, one in enumerate(sorted(rng.choice(free, works.size.n_manholes, replace=False).tolist())):
        code = f"W-{number + 1:03d}"
        found.site(code, "雨水井", "Manhole", SiteKind.WELL, works.crossings.x[one], works.crossings.y[one])
        found.gauge("well", code, GaugeKind.MANHOLE, int(works.part[one]), crossing_name(one))


def _flows(found: _Stations) -> None:
    """Meters in the drains that gather most."""
    works = found.works
    x, y = works.crossings.x, works.crossings.y
    chosen: list[int] = []
    for one in np.argsort(-works.drains.area, kind="stable").tolist():
        if len(chosen) == works.size.n_flows:
            break
        if all(np.hypot(x[one] - x[other], y[one] - y[other]) > APART_M for other in chosen):
            chosen.append(one)
    for number, one in enumerate(chosen):
        code = f"F-{number + 1:03d}"
        found.site(code, "流量站", "Flow meter", SiteKind.FLOW, x[one], y[one])
        found.gauge("flow", code, GaugeKind.FLOW, int(works.part[one]), drain_name(one))


def _river_levels(found: _Stations) -> None:
    """One gauge a third, and one two thirds, down each river of each model."""
    works, reaches = found.works, found.works.reaches
    for (part, river), mine in _on_rivers(works):
        for third in (1, 2):
            one = int(mine[len(mine) * third // 3])
            known = rivers()[river]
            code = f"R-{known.code}-{one:04d}"
            found.site(
                code, f"{known.name}水位站", f"{known.name_en} gauge", SiteKind.RIVER, reaches.x[one], reaches.y[one]
            )
            found.gauge("river", code, GaugeKind.RIVER, part, reach_name(one))


def _on_rivers(works: Works) -> list[tuple[tuple[int, int], IntArray]]:
    """Cross-sections that something drains to, by model and river, those with at least three."""
    drained = np.unique(works.tree.bank)
    keys = sorted(set(zip(works.reach_part[drained].tolist(), works.reaches.river[drained].tolist(), strict=True)))
    found = []
    for part, river in keys:
        mine = drained[(works.reach_part[drained] == part) & (works.reaches.river[drained] == river)]
        if mine.size >= 3:
            found.append(((part, river), mine))
    return found


def _rain(found: _Stations) -> None:
    """Rain gauges as far from one another as they can be: each next one is the crossing farthest from all before."""
    works = found.works
    x, y = works.crossings.x, works.crossings.y
    far: FloatArray = np.hypot(x - x.mean(), y - y.mean())
    one = int(np.argmin(far))
    far = np.full(x.size, np.inf)
    for number in range(works.size.n_rain):
        code = f"P-{number + 1:03d}"
        found.site(code, "雨量站", "Rain gauge", SiteKind.RAIN, x[one], y[one])
        found.gauge("rain", code, GaugeKind.RAIN, int(works.part[one]), "")
        far = np.minimum(far, np.hypot(x - x[one], y - y[one]))
        one = int(np.argmax(far))
