"""Instruments for a network that brings none: at its sites, in manholes, pipes and pumps, and where it rains."""

from collections.abc import Sequence

import numpy as np

from floodcore.domain.site import Place, Site, SiteKind
from simulators.city.imported_network import Network
from simulators.city.plan import Gauge, GaugeKind, Watched

# In turn over the sites, worst first: of ten, six ultrasonic, three pressure, one staff. Guessed as in our own cities.
KINDS = (*(GaugeKind.ULTRASONIC, GaugeKind.PRESSURE, GaugeKind.ULTRASONIC) * 3, GaugeKind.STAFF)
HEAD_M = 3.5  # of an ultrasonic head over the road, on a pole
MANHOLES, FLOWS, PUMPS, RAINS = 10, 8, 20, 50  # at most; enough to look at, and a network may have thousands


def gauges_of(network: Network, watched: Sequence[Watched]) -> tuple[tuple[Site, ...], tuple[Gauge, ...]]:
    """Gauges at the watched places, and further stations with theirs."""
    found = _Stations(network)
    for number, one in enumerate(watched):
        found.at_road(number, one)
    is_watched = np.isin(network.nodes, [one.node for one in watched])
    for number, node in enumerate(_deepest(network, is_watched)[:MANHOLES]):
        found.station("well", number, SiteKind.WELL, GaugeKind.MANHOLE, network.node_places[node], network.nodes[node])
    for number, link in enumerate(_largest(network)[:FLOWS]):
        found.station("flow", number, SiteKind.FLOW, GaugeKind.FLOW, _middle(network, link), network.links[link])
    for number, link in enumerate(np.flatnonzero(network.is_pump)[:PUMPS]):
        place = network.node_places[network.tail[link]]
        found.station("pump", number, SiteKind.PUMP, GaugeKind.PUMP, place, network.links[link])
    for number, place in enumerate(network.gage_places[:RAINS]):
        found.station("rain", number, SiteKind.RAIN, GaugeKind.RAIN, place, network.gages[number], is_sky=True)
    return tuple(found.sites), tuple(found.gauges)


NAMES = {
    "well": ("检查井", "Manhole"),
    "flow": ("流量计", "Flow meter"),
    "pump": ("水泵", "Pump"),
    "rain": ("雨量站", "Rain gauge"),
}


class _Stations:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._road = dict(zip(network.nodes, network.road_m.tolist(), strict=True))
        self.sites: list[Site] = []
        self.gauges: list[Gauge] = []

    def at_road(self, number: int, watched: Watched) -> None:
        kind = KINDS[number % len(KINDS)]
        self.gauges.append(
            Gauge(
                device_id=f"level-{watched.site.site_id}",
                site_id=watched.site.site_id,
                kind=kind,
                element=watched.node,
                zero_m=self._road[watched.node],
                head_m=HEAD_M if kind is GaugeKind.ULTRASONIC else None,
            )
        )

    def station(
        self,
        word: str,
        number: int,
        kind: SiteKind,
        gauge: GaugeKind,
        place: Place,
        element: str,
        *,
        is_sky: bool = False,
    ) -> None:
        code, (name, name_en) = f"{word}-{number + 1:02d}", NAMES[word]
        self.sites.append(
            Site(
                site_id=code,
                name=f"{name} {element}",
                name_en=f"{name_en} {element}",
                kind=kind,
                place=place,
                position=self._network.position,
            )
        )
        self.gauges.append(
            Gauge(device_id=f"gauge-{code}", site_id=code, kind=gauge, element="" if is_sky else element)
        )


def _deepest(network: Network, is_watched: np.ndarray) -> np.ndarray:
    """Nodes with a rim that nobody watches, those that came nearest to it first."""
    over = np.where(is_watched, np.nan, network.peak_m - network.road_m)
    there = np.flatnonzero(~np.isnan(over))
    order: np.ndarray = there[np.argsort(-over[there], kind="stable")]
    return order


def _largest(network: Network) -> np.ndarray:
    """Links that carry most, but no pumps; what runs into an outfall first."""
    to_outfall = network.is_outfall[network.head] | network.is_outfall[network.tail]
    there = np.flatnonzero(~network.is_pump)
    order: np.ndarray = there[np.lexsort((-network.peak_m3_s[there], ~to_outfall[there]))]
    # Half of the meters at most stand at outfalls: some networks have dozens.
    outfalls = order[to_outfall[order]][: FLOWS // 2]
    return np.concatenate([outfalls, order[~to_outfall[order]]])


def _middle(network: Network, link: int) -> Place:
    ends = [network.tail[link], network.head[link]]
    return Place(lon=float(network.lon[ends].mean()), lat=float(network.lat[ends].mean()))
