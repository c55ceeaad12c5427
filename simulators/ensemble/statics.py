"""What is known of each watched place beforehand: its ground, its drains, its bowl, its pumps."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from simulators.city.plan import City, Watched
from simulators.engine.inp import Inp
from simulators.ensemble.network import Network, gathered_m2, network, upstream


@dataclass(frozen=True, kw_only=True)
class Statics:
    """One watched place; None where the model does not tell.

    Attributes:
        provenance, position: How much of it is so in the real city, and how its coordinates are known.
        elevation_m: Of the road, in the model's datum.
        cover_m: Of the road over the node's invert; over its sump in a bowl.
        own_ha: Ground that drains to the place by itself.
        upstream_km2: Ground that drains to it through closed conduits, its own included.
        sealed_pct: Of its own ground.
        drain_m3_s: What the circular drains that leave it take when full, by Manning's formula.
        bowl_m3: What it holds from the road to its full depth, where it is a bowl.
        pump_m3_s: The most that its own pumps move.
        power_fails_m: Depth over the road at which they stop.
    """

    site_id: str
    name: str
    kind: str
    provenance: str
    position: str | None
    lon: float | None
    lat: float | None
    part: str
    node: str
    is_tunnel: bool
    elevation_m: float | None
    cover_m: float | None
    own_ha: float
    upstream_km2: float
    sealed_pct: float | None
    drain_m3_s: float | None
    bowl_m3: float | None
    pump_m3_s: float | None
    power_fails_m: float | None


def statics(city: City) -> list[Statics]:
    """Of each watched place, in the order of `City.watched`."""
    networks = [network(Inp.parse(part.model)) for part in city.parts]
    above = [upstream(one.drains) for one in networks]
    road_m = [dict(zip(part.nodes, part.road_m.tolist(), strict=True)) for part in city.parts]
    found = []
    for one in city.watched:
        drained_m2 = gathered_m2(one.node, networks[one.part], above[one.part])
        found.append(
            _statics(one, city.parts[one.part].part_id, networks[one.part], road_m[one.part][one.node], drained_m2)
        )
    return found


def statics_csv(places: Sequence[Statics]) -> bytes:
    """The same as CSV in UTF-8; blank where it is not known."""
    text = io.StringIO()
    rows = csv.DictWriter(text, [field.name for field in fields(Statics)], lineterminator="\n")
    rows.writeheader()
    rows.writerows(asdict(place) for place in places)
    return text.getvalue().encode()


def _statics(one: Watched, part_id: str, model: Network, cover_m: float, drained_m2: float) -> Statics:
    own_m2 = model.gathers_m2.get(one.node, 0.0)
    takes = [drain.full_m3_s for drain in model.drains if drain.tail == one.node and drain.full_m3_s is not None]
    pumps = [model.pumps_m3_s[pump] for pump in one.pumps if pump in model.pumps_m3_s]
    invert_m, store, place = model.invert_m.get(one.node), model.stores.get(one.node), one.site.place
    return Statics(
        site_id=one.site.site_id,
        name=one.site.name,
        kind=one.site.kind.value,
        provenance=one.provenance.value,
        position=one.site.position.value if one.site.position else None,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        part=part_id,
        node=one.node,
        is_tunnel=one.is_tunnel,
        elevation_m=None if invert_m is None else _short(invert_m + cover_m),
        cover_m=_short(cover_m),
        own_ha=_short(own_m2 / 1e4),
        upstream_km2=round(drained_m2 / 1e6, 6),
        sealed_pct=_short(100 * model.sealed_m2[one.node] / own_m2) if own_m2 else None,
        drain_m3_s=_short(sum(takes)) if takes else None,
        bowl_m3=_short(store.volume_m3(cover_m)) if store else None,
        pump_m3_s=round(sum(pumps), 6) if pumps else None,
        power_fails_m=one.power_fails_m,
    )


def _short(value: float) -> float:
    """Three decimals: a millimetre, a litre a second, ten square metres."""
    return round(value, 3)
