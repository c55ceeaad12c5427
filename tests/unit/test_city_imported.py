"""Networks that other people made, as cities; and files that are none, as sentences."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from floodcore.domain.site import DEVICE_ID, Position
from floodcore.errors import OneMapError, Refused
from simulators.city.imported import imported, own_rain
from simulators.city.plan import City, GaugeKind, Provenance
from simulators.world.hydraulics import hydraulics
from simulators.world.world import World
from tests.unit.engine_models import PUBLISHED, bowl


def written(folder: Path, text: str) -> Path:
    path = folder / "model.inp"
    path.write_text(text)
    return path


def hold(city: City) -> None:
    """What every city is: names that publish, elements that exist, streets that connect."""
    (part,) = city.parts
    n = len(part.nodes)
    assert len(part.lon) == len(part.lat) == len(part.road_m) == n
    site_ids = [site.site_id for site in city.sites]
    devices = [gauge.device_id for gauge in city.gauges]
    assert len(set(site_ids)) == len(site_ids) and len(set(devices)) == len(devices)
    assert all(DEVICE_ID.fullmatch(device) for device in devices)
    assert {gauge.site_id for gauge in city.gauges} <= set(site_ids)
    assert all(one.node in part.nodes and np.isfinite(part.road_m[part.nodes.index(one.node)]) for one in city.watched)
    assert all(city.area.west < site.place.lon < city.area.east for site in city.sites if site.place)
    roads = city.roads
    assert roads is not None
    graph = coo_matrix((np.ones(len(roads.tail)), (roads.tail, roads.head)), shape=(n, n))
    assert connected_components(graph, directed=False)[0] == 1
    assert roads.length_m.min() > 0


def test_epa_user3_is_watched_where_it_floods() -> None:
    """In its published run 42 of 141 nodes flood; as a city the 40 worst of them are watched."""
    city = imported(PUBLISHED / "epa_user3.inp")
    hold(city)
    assert len(city.watched) == 40
    assert {gauge.kind for gauge in city.gauges} == set(GaugeKind) - {GaugeKind.RIVER}
    assert city.watched[0].site.position is Position.APPROXIMATE
    assert city.roads is not None and city.roads.provenance is Provenance.INVENTED


@pytest.mark.slow
def test_epa_user3_floods_in_its_own_rain_and_falls_dry_again() -> None:
    """Six hours of a world: forty roads under water at the peak, six at the end, and the balance closes."""
    path = PUBLISHED / "epa_user3.inp"
    city, storm = imported(path), own_rain(path)
    assert storm is not None
    with hydraulics(city) as water:
        world = World(city, storm, water, start=storm.start)
        road = np.array([world.step().road_m for _ in range(360)])
        deepest = road.max(axis=0)
        assert (deepest > 0.05).sum() > 20
        assert deepest.max() < 5.0  # stores go on 5 m over their rim
        assert (road[-1] > 0.05).sum() < 10
        assert abs(world.balance_pct) < 1


def test_a_bowl_by_hand(tmp_path: Path) -> None:
    """36 mm/h for an hour from a hectare: the model's own rain, its two rims, its pump, its pipe."""
    path = written(tmp_path, bowl())
    city, storm = imported(path), own_rain(path)
    hold(city)
    assert {one.node for one in city.watched} == {"BOWL", "MANHOLE"}
    assert next(one for one in city.watched if one.node == "BOWL").pumps == ("PUMP",)
    assert city.parts[0].road_m.tolist() == pytest.approx([3.0, np.nan, np.nan, 5.0], nan_ok=True)
    assert any("laid out by the network alone, invented" in english for _, english in city.notes)
    assert all(one.provenance is Provenance.INVENTED for one in city.watched)
    assert storm is not None
    lon, lat = city.parts[0].lon, city.parts[0].lat
    assert storm.intensity(storm.start, lon, lat) == pytest.approx([36.0] * 4)
    assert storm.intensity(storm.end, lon, lat) == pytest.approx([0.0] * 4)


def test_water_that_a_full_store_would_lose_stays_on_the_road(tmp_path: Path) -> None:
    """2 m3/s into a bowl of 1,000 m2 that is full in (5 - 2) x 1,000 / 2 = 1,500 s.

    In the 1,500 s after that 3,000 m3 more stand on 1,000 + 1,000 m2: 1.5 m over the rim.
    """
    stream = {"[TIMESERIES]": '[INFLOWS]\nBOWL FLOW "" FLOW 1.0 1.0 2.0\n[TIMESERIES]'}
    path = written(tmp_path, bowl(stream))
    city, storm = imported(path), own_rain(path)
    assert storm is not None
    assert city.watched[0].node == "BOWL"
    with hydraulics(city) as water:
        world = World(city, storm, water, start=storm.start)
        road = [world.step().road_m[0] for _ in range(50)]
        assert road[24] == pytest.approx(0.0, abs=0.02)  # 1,500 s
        assert road[49] == pytest.approx(1.5, abs=0.03)  # 3,000 s; the road begins 2 cm over the rim
        assert abs(world.balance_pct) < 1


def test_the_same_file_makes_the_same_city(tmp_path: Path) -> None:
    path = written(tmp_path, bowl())
    one, other = imported(path), imported(path)
    assert (one.sites, one.watched, one.gauges, one.parts[0].model) == (
        other.sites,
        other.watched,
        other.gauges,
        other.parts[0].model,
    )


def test_degrees_stay_degrees(tmp_path: Path) -> None:
    places = "[COORDINATES]\nMANHOLE -76.29 36.85\nSEWER -76.291 36.851\nRIVER -76.292 36.852\nBOWL -76.293 36.853\n"
    city = imported(written(tmp_path, bowl() + places))
    assert city.parts[0].lon.tolist() == pytest.approx([-76.29, -76.291, -76.292, -76.293])
    assert "longitude and latitude" in city.notes[0][1]


def test_a_map_in_no_units_is_scaled_by_the_pipes(tmp_path: Path) -> None:
    """The pipe is 100 m long and 5,000 units on the map: a unit is 2 cm."""
    places = "[COORDINATES]\nMANHOLE 0 0\nRIVER 3000 4000\nSEWER 9000 9000\nBOWL 9000 8000\n"
    city = imported(written(tmp_path, bowl() + places))
    assert any("scaled by 0.02" in english for _, english in city.notes)


CHANGES = {
    "kinematic-wave": ({"FLOW_ROUTING DYNWAVE": "FLOW_ROUTING KINWAVE"}, "does not route by the dynamic wave"),
    "steady": ({"FLOW_ROUTING DYNWAVE": "FLOW_ROUTING STEADY"}, "does not route by the dynamic wave"),
    "another-programs-section": ({"[CURVES]": "[GRID]\n1 2\n[CURVES]"}, "Left out: [GRID]"),
    "files-of-its-own": ({"[CURVES]": '[FILES]\nUSE RAINFALL "no.rff"\n[CURVES]'}, "Left out: [FILES]"),
    "rain-file-missing": ({"SKY INTENSITY 0:05 1.0 TIMESERIES RAIN": "SKY VOLUME 0:05 1 FILE no.dat 1 MM"}, "no.dat"),
    "no-gage": (
        {"SKY INTENSITY 0:05 1.0 TIMESERIES RAIN\n": "", "ROOF SKY MANHOLE 1 100 100 1 0\n": "", "ROOF 75": ";"}
        | {"ROOF 0.013": ";"},
        "no rain gage: only its own inflows",
    ),
    "rdii": ({"[CURVES]": "[HYDROGRAPHS]\nU SKY\nU ALL SHORT 0.1 1 2\n[RDII]\nMANHOLE U 1\n[CURVES]"}, "[RDII]"),
}


@pytest.mark.parametrize(("changes", "note"), CHANGES.values(), ids=CHANGES)
def test_what_is_unusual_runs_and_is_said(changes: dict[str, str], note: str, tmp_path: Path) -> None:
    city = imported(written(tmp_path, bowl(changes)))
    hold(city)
    assert any(note in english for _, english in city.notes)


HOSTILE = {
    "empty": ("", "is empty"),
    "prose": ("Dear all,\nplease find attached\n", "no [SECTION]"),
    "no-nodes": ("[OPTIONS]\nFLOW_UNITS CMS\n", "the model has no nodes"),
    "cut-off": (bowl().partition(" 100 0.013")[0], "refuses this model"),
    "unknown-units": (bowl({"CMS": "BARRELS"}), "invalid keyword BARRELS"),
    "no-such-day": (bowl({"01/01/2020": "31/31/2020"}), "invalid date/time 31/31/2020"),
    "unknown-node": (bowl({"PIPE MANHOLE RIVER": "PIPE MANHOLE SEA"}), "undefined object SEA"),
    "no-outfall": (bowl({"SEWER 0 FREE NO\nRIVER 3 FIXED 3 NO": "", "[OUTFALLS]": "SEWER 0 5\nRIVER 3 5"}), "outlet"),
    "twins": (bowl({"MANHOLE 4 3 0 0 0": "MANHOLE 4 3 0 0 0\nmanhole 4 3 0 0 0"}), "differ only in capitals"),
    "no-number": (bowl({"100 0.013": "100 rough"}), "invalid number rough"),
    "series-missing": (
        bowl({"[TIMESERIES]": '[INFLOWS]\nBOWL FLOW S\n[TIMESERIES]\nS FILE "no.dat"'}),
        "put the file of the time series beside the model",
    ),
}


@pytest.mark.parametrize(("text", "says"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_run_is_one_sentence_with_the_files_name(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(OneMapError) as told:
        imported(written(tmp_path, text))
    assert says in str(told.value)
    assert "model.inp" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "no.inp", tmp_path):
        with pytest.raises(Refused, match=r"name an input file of SWMM \(.inp\)"):
            imported(path)


def test_a_model_without_rain_brings_no_storm(tmp_path: Path) -> None:
    assert own_rain(written(tmp_path, bowl({"RAIN 0:00 36": "RAIN 0:00 0"}))) is None
