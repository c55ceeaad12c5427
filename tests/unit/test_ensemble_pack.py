"""A recording as an event pack."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from floodcore.domain.levels import Level
from floodcore.domain.reading import Quantity
from floodcore.errors import Refused
from floodcore.packs.read import read_pack
from floodcore.packs.writing import check_new
from simulators.city.plan import City, Gauge, GaugeKind
from simulators.ensemble.event_pack import observations, write_pack
from simulators.instruments.bank import Bank
from simulators.instruments.faults import Fault
from simulators.instruments.rates import HARSH, NONE, FaultRates
from simulators.instruments.sent import Sent
from simulators.recording import Recording, record
from simulators.scene import Scene
from simulators.testing.two_bowls import NOON, Buckets, Steady, two_bowls

SEED = 7
HALF_AN_HOUR = timedelta(minutes=30)


def _city() -> City:
    """The two bowls, with the text of a model that says nothing of them."""
    city = two_bowls()
    [part] = city.parts
    return replace(city, parts=(replace(part, model="[TITLE]\ntwo bowls\n"),))


def _recording(rates: FaultRates = NONE) -> Recording:
    """Half an hour of 60 mm/h over two bowls."""
    place = _city()
    scene = Scene(city=place, storm=Steady(), wet_from=NOON, start=NOON, end=NOON + HALF_AN_HOUR)
    watched = [one.site.site_id for one in place.watched]
    return record(scene, Buckets(), Bank(place.gauges, NOON, SEED, rates, watched=watched))


def _sent(minute: int, value: float, quantity: Quantity = Quantity.LEVEL, *, later_s: int = 0) -> Sent:
    at = NOON + timedelta(minutes=minute)
    return Sent(
        device_id="level-a",
        due=at + timedelta(seconds=later_s),
        observed_at=at,
        true_at=at,
        quantity=quantity,
        value=value,
        true_value=value,
        faults=int(Fault.DUPLICATE if later_s else 0),
    )


def test_a_pack_reads_whole(tmp_path: Path) -> None:
    recording = _recording()
    write_pack(recording, tmp_path / "pack", SEED)

    pack = read_pack(tmp_path / "pack")

    assert pack.rejections.total == 0
    assert pack.notes == ()
    assert {station.station_id: str(station.kind) for station in pack.stations} == {
        "level-a": "level",
        "pump-a": "pump",
        "rain-b": "rain",
        "well-b": "level",
    }
    told = [one for one in recording.sent if one.quantity not in {Quantity.BATTERY, Quantity.RSSI}]
    assert len(pack.observations) == len(told)
    [storm] = pack.storms
    assert (storm.start, storm.end) == (NOON, NOON + HALF_AN_HOUR)


def test_a_road_has_the_default_ladder_and_a_pump_has_none(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED)
    thresholds = {one.station_id: one.thresholds for one in read_pack(tmp_path / "pack").stations}

    assert [step.level for step in thresholds["level-a"]] == [Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED]
    assert thresholds["pump-a"] == ()


def test_it_says_that_it_is_simulated(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED, "bowls-1")
    package = json.loads((tmp_path / "pack" / "datapackage.json").read_text())

    assert package["name"] == "bowls-1"
    assert "模拟" in package["title"] and "simulated" in package["title"]
    assert "not measured" in package["sources"][0]["title"]
    assert {one["path"] for one in package["resources"]} == {
        "stations.csv",
        "observations.csv.gz",
        "truth.parquet",
        "sent.parquet",
        "field.npz",
        "statics.csv",
        "facts.json",
    }


def test_the_truth_lies_beside(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED)
    truth = pq.read_table(tmp_path / "pack" / "truth.parquet").to_pandas()

    assert len(truth) == 30 * 2
    assert truth["rain_mm_h"].tolist() == [60.0] * 60
    bowl = truth[truth["site_id"] == "A"].set_index("at")["road_m"]
    # 0.1 m a minute of rain, less 0.1 m3/s x 60 s / 100 m2 = 0.06 m that its pump takes once there is water (not in
    # the first minute): 0.1 + 19 x 0.04 m after 20 minutes, and its road lies 1 m up.
    assert bowl[NOON + timedelta(minutes=20)] == 0
    # After 30 minutes 0.1 + 29 x 0.04 m = 1.26 m.
    assert bowl[NOON + HALF_AN_HOUR] == pytest.approx(0.26, abs=1e-6)


def test_what_was_sent_lies_beside_the_truth_of_it(tmp_path: Path) -> None:
    recording = _recording(HARSH)
    write_pack(recording, tmp_path / "pack", SEED)

    sent = pq.read_table(tmp_path / "pack" / "sent.parquet")

    assert sent["value"].to_pylist() == [one.value for one in recording.sent]
    assert sent["true_value"].to_pylist() == [one.true_value for one in recording.sent]


def test_rain_is_kept_as_a_radar_shows_it_and_as_it_fell(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED)

    with np.load(tmp_path / "pack" / "field.npz") as field:
        # Every five minutes from noon to half past twelve.
        assert field["at"].tolist() == [(NOON + timedelta(minutes=5 * n)).replace(tzinfo=None) for n in range(6)]
        # 0.07 degrees of longitude at 34.75 N are 6.4 km and 0.02 of latitude 2.2 km, and 20 km on every side: 46.4 and
        # 42.2 cells of 1 km.
        assert field["true_mm_h"].shape == field["radar_mm_h"].shape == (6, 43, 47)
        assert np.all(field["true_mm_h"] == 60)
        assert np.diff(field["lat"]) == pytest.approx(1 / 111.195, rel=1e-6)
        assert not np.array_equal(field["radar_mm_h"], field["true_mm_h"])


def test_the_facts_are_the_storms(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED)
    facts = json.loads((tmp_path / "pack" / "facts.json").read_text())

    # Half an hour of 60 mm/h; A's road is 1 m under its rim and B's 2 m: 30 minutes of 0.1 m make 3 m in B, 1 m deep.
    assert facts["rain_mm"] == 30
    assert (facts["sites"], facts["flooded_sites"], facts["deepest_m"]) == (2, 2, 1.0)


def test_statics_are_blank_where_the_model_does_not_tell(tmp_path: Path) -> None:
    write_pack(_recording(), tmp_path / "pack", SEED)
    [a, b] = csv.DictReader(io.StringIO((tmp_path / "pack" / "statics.csv").read_text()))

    assert (a["site_id"], a["kind"], a["provenance"], a["cover_m"]) == ("A", "underpass", "invented", "1.0")
    assert (b["site_id"], b["drain_m3_s"], b["bowl_m3"]) == ("B", "", "")


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_pack(_recording(HARSH), tmp_path / name, SEED)

    first, second = ({file.name: file.read_bytes() for file in (tmp_path / n).iterdir()} for n in ("first", "second"))
    assert len(first) == 8
    assert first == second


def test_exact_repeats_are_left_out_and_other_values_stay() -> None:
    sent = (_sent(1, 0.2), _sent(1, 0.2, later_s=20), _sent(1, 0.3, later_s=40), _sent(2, 0.2))

    rows = list(observations(two_bowls(), sent))

    assert [(row.value, row.received_at) for row in rows] == [
        (0.2, None),
        (0.3, NOON + timedelta(minutes=1, seconds=40)),
        (0.2, None),
    ]


def test_what_devices_say_of_themselves_is_no_observation() -> None:
    assert list(observations(two_bowls(), (_sent(1, 3.6, Quantity.BATTERY), _sent(1, -80.0, Quantity.RSSI)))) == []


def test_a_distance_becomes_the_level_under_its_head() -> None:
    city = two_bowls()
    head = Gauge(device_id="level-a", site_id="A", kind=GaugeKind.ULTRASONIC, element="a", zero_m=1.0, head_m=3.5)
    seen = replace(city, gauges=(head,))

    [row] = observations(seen, (_sent(1, 3.25, Quantity.DISTANCE),))

    assert (row.quantity, row.value) == ("level", 0.25)


def test_a_folder_with_something_in_it_is_refused_before_hours_are_simulated(tmp_path: Path) -> None:
    check_new(tmp_path / "new")
    check_new(tmp_path)
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(Refused, match="not empty"):
        check_new(tmp_path)
    with pytest.raises(Refused, match="not empty"):
        check_new(tmp_path / "thesis.txt")
