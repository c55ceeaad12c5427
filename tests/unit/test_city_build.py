"""A constructed Zhengzhou: what is built, how large, and that everything says how real it is."""

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from floodcore.domain.site import DEVICE_ID, Position, SiteKind
from floodcore.errors import NotFound
from simulators.city.build import build
from simulators.city.known import ponding, tunnels
from simulators.city.plan import ROAD_CLASSES, City, GaugeKind, Provenance, RoadClass

city_of = cache(build)
SIZES = ["five_streets", "district", "city"]


@pytest.mark.parametrize("name", SIZES)
def test_the_same_seed_makes_the_same_bytes(name: str) -> None:
    one, again = city_of(name), build(name)

    assert [part.model for part in one.parts] == [part.model for part in again.parts]
    assert (one.sites, one.watched, one.gauges) == (again.sites, again.watched, again.gauges)
    assert one.layers == again.layers
    assert one.roads is not None and again.roads is not None
    assert one.roads.water.tobytes() == again.roads.water.tobytes()
    assert one.roads.lon.tobytes() == again.roads.lon.tobytes()


def test_another_seed_makes_another_city_with_the_same_named_places() -> None:
    one, other = city_of("district"), build("district", seed=1)

    assert one.parts[0].model != other.parts[0].model
    named = {spot.site.site_id for spot in one.watched if spot.provenance is Provenance.APPROXIMATE}
    assert named == {spot.site.site_id for spot in other.watched if spot.provenance is Provenance.APPROXIMATE}
    assert len(named) >= 8


def test_a_size_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(NotFound, match="five_streets, district, city"):
        build("village")


def test_five_streets_are_the_five_that_everyone_knows() -> None:
    city = city_of("five_streets")

    assert [watched.site.site_id for watched in city.watched] == [f"street-{letter}" for letter in "ABCDE"]
    assert [watched.site.kind for watched in city.watched].count(SiteKind.UNDERPASS) == 1
    assert {"gauge-A", "gauge-B", "gauge-C", "gauge-D", "gauge-E"} <= {gauge.device_id for gauge in city.gauges}


def test_the_district_is_one_model_of_500_crossings_with_tunnels_in_it() -> None:
    (part,) = city_of("district").parts

    crossings = [node for node in part.nodes if node.startswith("J")]
    assert len(crossings) == 25 * 20 == 500
    assert 60 <= len(city_of("district").watched) <= 80
    assert sum(watched.is_tunnel for watched in city_of("district").watched) >= 2


def test_the_city_is_five_to_eight_models_none_too_large_for_one_process() -> None:
    city = city_of("city")

    assert 5 <= len(city.parts) <= 8
    assert max(len(part.nodes) for part in city.parts) <= 1_500
    assert 5_000 <= sum(node.startswith("J") for part in city.parts for node in part.nodes) <= 8_000
    assert len(city.watched) == 300
    assert sum(watched.is_tunnel for watched in city.watched) == len(tunnels()) == 13


def test_the_city_has_the_gauges_that_a_flood_room_looks_at() -> None:
    city = city_of("city")
    kinds = Counter(gauge.kind for gauge in city.gauges)

    assert kinds[GaugeKind.MANHOLE] == 60
    assert kinds[GaugeKind.FLOW] == 20
    assert kinds[GaugeKind.RAIN] == 40
    assert kinds[GaugeKind.RIVER] >= 7
    assert kinds[GaugeKind.PUMP] == 75  # 75 tunnels, bridges and culverts are looked after
    roads = sum(kinds[kind] for kind in (GaugeKind.ULTRASONIC, GaugeKind.PRESSURE, GaugeKind.STAFF))
    assert roads == 300 + 13  # one a place, a second one in each tunnel


@pytest.mark.parametrize("name", SIZES)
def test_every_gauge_stands_at_a_site_and_watches_something_of_its_model(name: str) -> None:
    city = city_of(name)
    sites = {site.site_id for site in city.sites}
    devices = [gauge.device_id for gauge in city.gauges]

    assert len(set(devices)) == len(devices)
    assert all(DEVICE_ID.fullmatch(device) for device in devices)
    assert len(sites) == len(city.sites)
    for gauge in city.gauges:
        assert gauge.site_id in sites
        part = city.parts[gauge.part]
        if gauge.kind in {GaugeKind.FLOW, GaugeKind.PUMP}:
            assert re.search(rf"(?m)^{re.escape(gauge.element)} ", part.model)
        elif gauge.kind is not GaugeKind.RAIN:
            assert gauge.element in part.nodes
        assert (gauge.head_m is not None) == (gauge.kind is GaugeKind.ULTRASONIC)
        assert 1 <= gauge.interval.total_seconds() / 60 <= 5


def test_a_tunnel_has_a_gauge_that_its_water_silences_and_one_that_it_does_not() -> None:
    city = city_of("city")

    for watched in city.watched:
        if watched.is_tunnel:
            levels = [one for one in city.gauges if one.site_id == watched.site.site_id and one.kind != GaugeKind.PUMP]
            assert sorted(one.on_mains for one in levels) == [False, True]
            assert watched.power_fails_m is not None and watched.pumps


@pytest.mark.parametrize("name", SIZES)
def test_every_watched_place_is_a_node_with_a_road(name: str) -> None:
    city = city_of(name)

    assert len({(watched.part, watched.node) for watched in city.watched}) == len(city.watched)
    for watched in city.watched:
        part = city.parts[watched.part]
        assert np.isfinite(part.road_m[part.nodes.index(watched.node)])
        assert watched.site in city.sites
        assert watched.site.place is not None


@pytest.mark.parametrize("name", SIZES)
def test_no_invented_place_passes_as_a_real_one(name: str) -> None:
    published = {place.code: place for place in ponding()} | {tunnel.code: tunnel for tunnel in tunnels()}
    for watched in city_of(name).watched:
        known = published.get(watched.site.site_id)
        has_position = known is not None and known.lon is not None
        if has_position:
            assert watched.provenance is Provenance.APPROXIMATE
            assert watched.site.position is Position.APPROXIMATE
        else:
            assert watched.provenance is Provenance.INVENTED
            assert watched.site.position is Position.CONSTRUCTED
        if known is None and name != "five_streets":
            assert watched.site.site_id in watched.site.name  # a code, not a name that a place might have
    others = {site.position for site in city_of(name).sites} - {Position.APPROXIMATE}
    assert others == {Position.CONSTRUCTED}


def test_everything_on_the_map_says_how_real_it_is() -> None:
    layers = city_of("city").layers

    assert set(layers) == {"roads", "rivers", "drains", "grid", "pump_stations"}
    for features in layers.values():
        assert 0 < len(features) <= 6_000
        for feature in features:
            said = feature["properties"]
            assert said["name"] and said["name_en"]
            assert said["provenance"] in {"approximate", "invented"}  # nothing here was surveyed
    assert {feature["properties"]["provenance"] for feature in layers["rivers"]} == {"approximate"}
    assert {feature["properties"]["provenance"] for feature in layers["grid"]} == {"invented"}


@pytest.mark.parametrize("name", SIZES)
def test_every_junction_of_the_road_graph_can_be_driven_to(name: str) -> None:
    roads = city_of(name).roads
    assert roads is not None
    n = roads.lon.size

    graph = csr_array((np.ones(roads.tail.size), (roads.tail, roads.head)), shape=(n, n))
    assert connected_components(graph, directed=False)[0] == 1
    assert np.bincount(np.concatenate([roads.tail, roads.head]), minlength=n).min() >= 1
    assert roads.length_m.min() > 0
    nodes = sum(len(part.nodes) for part in city_of(name).parts)
    assert roads.water.min() >= -1 and roads.water.max() < nodes


def test_the_city_has_fifty_thousand_junctions_and_roads_through_all_its_bowls() -> None:
    city = city_of("city")
    assert city.roads is not None
    names = [node for part in city.parts for node in part.nodes]

    assert city.roads.lon.size >= 50_000
    tunnel = city.roads.kind == ROAD_CLASSES.index(RoadClass.TUNNEL)
    through = {names[node] for node in city.roads.water[tunnel]}
    assert len(through) == 13
    wet = {names[node] for node in city.roads.water[city.roads.water >= 0]}
    assert sum(name.startswith("B_") for name in wet) >= 70  # two underpasses may share the nearest road


def test_the_drains_of_a_model_lead_to_outfalls_with_one_link_each() -> None:
    for part in city_of("city").parts:
        links = _links(part.model)
        ends = Counter(end for link in links for end in link)
        outfalls = [node for node in part.nodes if node.startswith(("O_", "X_"))]
        assert outfalls
        assert all(ends[outfall] == 1 for outfall in outfalls)
        assert set(ends) == set(part.nodes)  # no node without a link, no link without its nodes
        number = {node: one for one, node in enumerate(part.nodes)}
        tail, head = ([number[link[end]] for link in links] for end in (0, 1))
        graph = csr_array((np.ones(len(links)), (tail, head)), shape=(len(number), len(number)))
        _, label = connected_components(graph, directed=False)
        drained = {label[number[outfall]] for outfall in outfalls if outfall.startswith("O_")}
        assert set(label[[number[node] for node in part.nodes if node.startswith("J")]]) <= drained


def _links(model: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for section in ("CONDUITS", "WEIRS", "PUMPS"):
        body = model.partition(f"[{section}]\n")[2].partition("\n\n")[0]
        found += [(parts[1], parts[2]) for parts in map(str.split, body.splitlines())]
    return found


def test_notes_are_in_both_languages() -> None:
    city: City = city_of("district")
    assert all(zh and en for zh, en in city.notes)
    assert any("constructed" in en for _, en in city.notes)
