"""Event packs by strangers: what can be used is used, and every other row is told with its line and its reason."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from floodcore.domain.ladders import ROAD_DEPTH_M
from floodcore.domain.levels import Level
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, Position, SiteKind
from floodcore.errors import Refused
from floodcore.packs.read import Pack, read_pack
from floodcore.packs.storms import LEAD_IN, from_first_crossing, liveliest
from simulators.packs import SHIPPED, shipped

STATIONS = "station_id,name,kind,lon,lat\ns1,A street,level,113.64,34.75\nr1,Rain,rain,,\n"
OBSERVATIONS = (
    "observed_at,station_id,quantity,value\n2021-07-20T04:00:00Z,s1,level,0.10\n2021-07-20T04:00:00Z,r1,rain,1.5\n"
)
FOUR = datetime(2021, 7, 20, 4, 0, tzinfo=UTC)

Make = Callable[..., Pack]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A pack from texts: `make(observations="...")` reads it, `description` is merged into a usual one."""

    def _make(
        stations: str | bytes = STATIONS, observations: str | bytes = OBSERVATIONS, **description: object
    ) -> Pack:
        (tmp_path / "datapackage.json").write_text(json.dumps({"name": "five-streets", **description}))
        for name, content in (("stations.csv", stations), ("observations.csv", observations)):
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_pack(tmp_path)

    return _make


def row(text: str) -> str:
    return OBSERVATIONS + text + "\n"


def test_a_plain_pack_is_read_as_it_stands(make: Make) -> None:
    pack = make()
    assert [station.station_id for station in pack.stations] == ["s1", "r1"]
    assert pack.stations[0].site.place == Place(lon=113.64, lat=34.75)
    assert pack.observations["value"].tolist() == [0.10, 1.5]
    assert (pack.observations["received_at"] == pack.observations["observed_at"]).all()
    assert (pack.rejections.total, pack.notes) == (0, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("tomorrow,s1,level,0.1", "bad_time", id="a word for a time"),
        pytest.param("2021-02-30T04:00:00Z,s1,level,0.1", "bad_time", id="30 February"),
        pytest.param(",s1,level,0.1", "bad_time", id="no time"),
        pytest.param("0021-07-20T04:00:00Z,s1,level,0.1", "bad_time", id="two thousand years ago"),
        pytest.param("2021-07-20T04:01:00,s1,level,0.1", "no_offset", id="local time"),
        pytest.param("2021-07-20,s1,level,0.1", "no_offset", id="a day"),
        pytest.param("2021-07-20T04:01:00Z,s9,level,0.1", "unknown_station", id="a station nobody described"),
        pytest.param("2021-07-20T04:01:00Z,s1,colour,0.1", "unknown_quantity", id="a quantity nobody knows"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,", "not_a_number", id="blank"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,nan", "not_a_number", id="not a number"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,inf", "not_a_number", id="without end"),
        pytest.param("2021-07-20T04:01:00Z,s1", "unknown_quantity", id="much too short"),
        pytest.param("2021-07-20T04:01:00Z,s1,level", "not_a_number", id="too short"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,-9999", "out_of_range", id="an error code"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,1e308", "out_of_range", id="no level on this planet"),
        pytest.param("2021-07-20T04:01:00Z,s1,flow,-99.99", "out_of_range", id="an error code that could be a flow"),
        pytest.param("2021-07-20T04:01:00Z,r1,rain,-0.2", "out_of_range", id="rain upwards"),
        pytest.param("2021-07-20T04:01:00Z,s1,level,0,1", "too_many_fields", id="decimal comma"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_its_reason(make: Make, text: str, reason: str) -> None:
    pack = make(observations=row(text))
    assert len(pack.observations) == 2
    assert pack.rejections.counts == {reason: 1}
    rejected = pack.rejections.rows[0]
    assert (rejected.file, rejected.line, rejected.row) == ("observations.csv", 4, text)


@pytest.mark.parametrize(
    "time",
    ["2021-07-20T12:01:00+08:00", "2021-07-20 12:01:00+0800", "2021-07-19T22:01-06", "20210720T040100Z"],
)
def test_any_offset_will_do(make: Make, time: str) -> None:
    assert make(observations=row(f"{time},s1,level,0.2")).observations["observed_at"].iloc[-1] == FOUR + timedelta(
        minutes=1
    )


def test_order_of_columns_further_columns_case_and_byte_order_mark_do_not_matter(make: Make) -> None:
    pack = make(
        stations="﻿Kind,extra,STATION_ID\r\nLEVEL,?,s1\r\n",
        observations="﻿Value, quantity ,note,station_id,observed_at\r\n\r\n0.1,Level,x,s1,2021-07-20T04:00:00Z,\r\n",
    )
    assert pack.observations[["station_id", "quantity", "value"]].to_numpy().tolist() == [["s1", "level", 0.1]]
    assert pack.rejections.total == 0


def test_observations_come_by_time_and_values_keep_every_bit(make: Make) -> None:
    values = ["0.1", "1e-17", "8848.860000000001", "-0.0"]
    text = "".join(f"2021-07-20T04:0{9 - n}:00Z,s1,level,{value}\n" for n, value in enumerate(values))
    pack = make(observations=OBSERVATIONS.splitlines()[0] + "\n" + text)
    assert [repr(value) for value in pack.observations["value"]] == [repr(float(value)) for value in reversed(values)]
    assert pack.observations["observed_at"].is_monotonic_increasing


def test_quality_and_time_of_receipt_are_kept(make: Make) -> None:
    pack = make(
        observations="observed_at,station_id,quantity,value,quality,received_at\n"
        "2021-07-20T04:00:00Z,s1,level,0.1,Good,2021-07-20T05:00:00Z\n"
        "2021-07-20T04:01:00Z,s1,level,0.1,,\n"
        "2021-07-20T04:02:00Z,s1,level,0.1,,2021-07-20T05:00:00\n"
    )
    assert pack.observations["quality"].tolist() == ["Good", None]
    assert pack.observations["received_at"].tolist() == [FOUR + timedelta(hours=1), FOUR + timedelta(minutes=1)]
    assert pack.rejections.counts == {"no_offset": 1}


def test_a_pack_of_bad_rows_only_is_still_a_pack(make: Make) -> None:
    pack = make(observations="observed_at,station_id,quantity,value\n" + "x,y,z,?\n" * 3000)
    assert (len(pack.observations), pack.rejections.total, len(pack.rejections.rows)) == (0, 3000, 1000)
    assert liveliest(pack) is None


def test_a_station_that_cannot_be_used_is_told_and_takes_its_observations_with_it(make: Make) -> None:
    pack = make(
        stations=STATIONS
        + ",nameless,level,,\n"
        + "x" * 300
        + ",long,level,,\ns1,again,level,,\nt1,thermometer,temperature,,\n"
    )
    assert pack.rejections.counts == {"bad_station_id": 2, "duplicate_station": 1, "unknown_kind": 1}
    assert [(rejected.file, rejected.line) for rejected in pack.rejections.rows] == [
        ("stations.csv", 4),
        ("stations.csv", 5),
        ("stations.csv", 6),
        ("stations.csv", 7),
    ]


@pytest.mark.parametrize("position", ["200,34", "x,34", "113,", "nan,34"])
def test_a_station_with_a_bad_position_is_listed_and_not_mapped(make: Make, position: str) -> None:
    pack = make(stations=f"station_id,kind,lon,lat\ns1,level,{position}\nr1,rain,,\n")
    assert [(station.site.place, station.site.position) for station in pack.stations] == [(None, None)] * 2
    assert pack.notes == ("stations.csv line 2: the position cannot be used; the station is listed and not mapped.",)


def test_what_the_register_understands_beside_is_kept(make: Make) -> None:
    pack = make(
        stations="station_id,name,kind,lon,lat,name_en,district,site_kind,position,site_id,datum_m,upstream_of\n"
        "s1,京广路,level,113.64,34.75,Jingguang Road,二七区,underpass,approximate,tunnel,88.5,s2\n"
    )
    (station,) = pack.stations
    assert (station.site.name, station.site.name_en, station.site.district) == ("京广路", "Jingguang Road", "二七区")
    assert (station.site.kind, station.site.position) == (SiteKind.UNDERPASS, Position.APPROXIMATE)
    assert (station.site.site_id, station.device_id) == ("tunnel", "s1")
    assert (station.datum_m, station.upstream_of) == (88.5, "s2")


def test_thresholds_lead_to_blue_orange_and_red_and_name_their_source(make: Make) -> None:
    pack = make(stations="station_id,kind,attention_m,warning_m,danger_m\ns1,level,1.0,1.5,2.0\n")
    assert {step.level: step.depth_m for step in pack.stations[0].thresholds} == {
        Level.BLUE: 1.0,
        Level.ORANGE: 1.5,
        Level.RED: 2.0,
    }
    assert {step.source for step in pack.stations[0].thresholds} == {"event pack five-streets"}


@pytest.mark.parametrize(
    ("kind", "site_kind", "expected"),
    [("level", "road", ROAD_DEPTH_M), ("level", "underpass", ROAD_DEPTH_M), ("level", "", {}), ("rain", "road", {})],
    ids=["road", "underpass", "a level somewhere", "rain by a road"],
)
def test_only_water_over_a_road_has_a_ladder_unasked(
    make: Make, kind: str, site_kind: str, expected: dict[Level, float]
) -> None:
    pack = make(stations=f"station_id,kind,site_kind\ns1,{kind},{site_kind}\n")
    assert {step.level: step.depth_m for step in pack.stations[0].thresholds} == expected


def test_thresholds_that_fall_are_left_out_with_a_note(make: Make) -> None:
    pack = make(stations="station_id,kind,attention_m,danger_m\ns1,level,2.0,1.0\nr1,level,x,1.0\n")
    assert [len(station.thresholds) for station in pack.stations] == [0, 1]
    assert len(pack.notes) == 2


@pytest.mark.parametrize("station_id", ["京广路", "a b", "A/1", "x" * 80, "é", "..", "a.b"])
def test_an_odd_station_id_becomes_a_device_id_the_same_every_time(make: Make, station_id: str) -> None:
    ids = [make(stations=f"station_id,kind\n{station_id},level\n").stations[0].device_id for _ in range(2)]
    assert ids[0] == ids[1]
    assert ids[0] != station_id
    assert len(ids[0]) <= 64
    assert ids[0].replace("-", "").replace("_", "").isalnum() and ids[0].isascii()


def test_ids_that_look_alike_stay_apart(make: Make) -> None:
    pack = make(stations="station_id,kind\na b,level\na.b,level\na-b,level\n京,level\n广,level\n")
    assert len({station.device_id for station in pack.stations}) == 5


def test_a_pack_that_says_little_about_itself_will_do(make: Make) -> None:
    pack = make(timezone="Nowhere/Land", storms=[{"id": "S1", "start": "2021-07-20"}, "?"], licences=[{"title": "MIT"}])
    assert (pack.title, pack.description.timezone, pack.storms) == ("five-streets", "UTC", ())
    assert pack.description.licences == ({"title": "MIT"},)
    assert len(pack.notes) == 2


def test_the_storm_worth_showing_is_where_thresholds_are_crossed_or_the_highest_water(make: Make) -> None:
    spells = [
        {"id": hour, "start": f"2021-07-20T{hour}:00:00Z", "end": f"2021-07-20T{hour}:59:00Z"} for hour in ("04", "06")
    ]
    late = row("2021-07-20T06:30:00Z,s1,level,0.9")
    named, unnamed = liveliest(make(observations=late, storms=spells)), liveliest(make(observations=late))
    assert named and named.storm_id == "06"
    assert unnamed and unnamed.start < FOUR + timedelta(hours=2.5) < unnamed.end


def test_a_storm_is_shown_from_shortly_before_its_first_crossing() -> None:
    pack = read_pack(shipped("calder-2025"))
    storm = pack.storms[3]
    shown = from_first_crossing(pack, storm)
    over = {
        station.station_id: min(step.depth_m for step in station.thresholds)
        for station in pack.stations
        if station.thresholds
    }
    opening = pack.between(shown.start, shown.start + LEAD_IN)
    crossed = [row.observed_at for row in opening.itertuples() if row.value >= over.get(row.station_id, 1e9)]
    assert storm.start < shown.start < shown.end == storm.end
    assert crossed == [shown.start + LEAD_IN]


def test_between_has_both_ends(make: Make) -> None:
    pack = make(observations=row("2021-07-20T05:00:00Z,s1,level,0.2"))
    assert len(pack.between(FOUR, FOUR)) == 2
    assert len(pack.between(None, None)) == len(pack.between(FOUR, FOUR + timedelta(hours=1))) == 3


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "https://example.org/stations.csv", "nowhere.csv"], ids=str
)
def test_a_resource_outside_of_the_pack_is_refused(make: Make, tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "secret.csv").write_text(STATIONS)
    with pytest.raises(Refused, match="resource"):
        make(resources=[{"name": "stations", "path": path}])


def test_a_link_out_of_the_pack_is_refused(make: Make, tmp_path: Path) -> None:
    (tmp_path / "linked.csv").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="own folder"):
        make(resources=[{"name": "stations", "path": "linked.csv"}])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\xff\xff", "not text in UTF-8", id="a picture"),
        pytest.param(b"a;b;c\n1;2;3\n", "no column", id="semicolons"),
        pytest.param(b"", "no column", id="nothing"),
        pytest.param(gzip.compress(OBSERVATIONS.encode())[:-9], "cannot be read", id="half a gzip file"),
        pytest.param(OBSERVATIONS.encode() + b"\0,s1,level,1\n", "zero bytes", id="zero bytes"),
        pytest.param(gzip.compress(b"0" * 10_000_000), "characters", id="a bomb of one line"),
        pytest.param(OBSERVATIONS.encode() + b'"' + b"0" * 200_000 + b'"\n', "characters", id="an endless field"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(make: Make, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        make(observations=content)


def test_a_bomb_of_many_lines_ends_at_a_limit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("floodcore.packs.table.MOST_CHARACTERS", 100_000)
    with pytest.raises(Refused, match="split the pack"):
        make(observations=gzip.compress(OBSERVATIONS.encode() * 10_000))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"title": "\\u0000"}',
        '{"title": "\\ud800"}',
        '{"resources": [{"name": "stations", "path": ["a", "b"]}]}',
    ],
)
def test_a_description_that_describes_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text)
    with pytest.raises(Refused):
        read_pack(tmp_path)


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"datapackage\.json"):
        read_pack(tmp_path)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_is_whole_and_says_whose_it_is(name: str) -> None:
    pack = read_pack(shipped(name))
    assert (pack.pack_id, pack.rejections.total, pack.notes) == (name, 0, ())
    assert pack.description.licences and pack.description.sources and pack.storms
    assert sum(file.stat().st_size for file in shipped(name).iterdir()) < 300_000
    assert (shipped(name) / "README.md").is_file()
    assert pack.observations["station_id"].nunique() == len(pack.stations)


def test_the_derived_thresholds_are_what_their_source_says() -> None:
    pack = read_pack(shipped("calder-2025"))
    levels = pack.observations[pack.observations["quantity"] == Quantity.LEVEL]
    for station in (station for station in pack.stations if station.kind is Quantity.LEVEL):
        own = levels.loc[levels["station_id"] == station.station_id, "value"]
        expected = [round(float(own.quantile(share)), 3) for share in (0.98, 0.99, 0.998)]
        assert [step.depth_m for step in station.thresholds] == expected
        assert all(step.source.startswith("derived") for step in station.thresholds)
    shown = liveliest(pack)
    assert shown and shown.storm_id == "S04"


def test_a_pack_is_read_in_batches_without_a_seam(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"2021-07-20T04:{n:02}:00Z,s1,level,{'?' if n == 25 else n / 100}\n" for n in range(1, 60))
    whole = make(observations=OBSERVATIONS + text)
    monkeypatch.setattr("floodcore.packs.observations.ROWS_AT_ONCE", 7)
    parts = make(observations=OBSERVATIONS + text)
    pd.testing.assert_frame_equal(whole.observations, parts.observations)
    assert parts.rejections.rows == whole.rejections.rows
    assert parts.rejections.rows[0].line == 1 + 2 + 25


def test_a_pack_without_a_single_observation_is_a_pack(make: Make) -> None:
    pack = make(observations=OBSERVATIONS.splitlines()[0] + "\n")
    assert (len(pack.observations), pack.rejections.total) == (0, 0)
