"""The gauges of a city as stations of a pack."""

from collections.abc import Mapping, Sequence

from floodcore.domain.ladders import road_ladder
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Site
from floodcore.packs.stations import ALWAYS, ROAD_LIKE, Station
from simulators.city.plan import City, Gauge, GaugeKind
from simulators.ensemble.statics import Statics

KIND_OF = {GaugeKind.RAIN: Quantity.RAIN, GaugeKind.FLOW: Quantity.FLOW, GaugeKind.PUMP: Quantity.PUMP}


def stations(city: City, places: Sequence[Statics]) -> list[Station]:
    """A station for each gauge; those at one place share its site. A road's have the default ladder."""
    site_of = {site.site_id: site for site in city.sites}
    catchment_km2 = {place.site_id: place.upstream_km2 for place in places}
    return [_station(gauge, site_of, catchment_km2) for gauge in city.gauges]


def _station(gauge: Gauge, site_of: Mapping[str, Site], catchment_km2: Mapping[str, float | None]) -> Station:
    site = site_of[gauge.site_id]
    kind = KIND_OF.get(gauge.kind, Quantity.LEVEL)
    is_road = kind is Quantity.LEVEL and site.kind in ROAD_LIKE
    return Station(
        station_id=gauge.device_id,
        device_id=gauge.device_id,
        device_named=True,  # packs of one city are of the same devices, and share one memory's register
        kind=kind,
        site=site,
        thresholds=road_ladder(ALWAYS) if is_road else (),
        catchment_km2=catchment_km2.get(gauge.site_id) if kind is Quantity.LEVEL else None,
    )
