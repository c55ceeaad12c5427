"""The register as files: what can be read is taken, what cannot is told by its line, what is written is read again."""

import json

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from floodcore.domain.geo import distance_m
from floodcore.domain.levels import Level
from floodcore.domain.reading import Quantity
from floodcore.domain.shifted import Coordinates, to_wgs84, wgs84_to_gcj02
from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.domain.upkeep import Mount
from floodcore.errors import Refused
from floodcore.register.book import Book
from floodcore.register.entries import Device, Fitting, Origin, Rung
from floodcore.register.given import Given, read_files
from floodcore.register.revision import revise
from floodcore.register.sheets import SHEETS
from floodcore.register.writing import csv_files, sites_geojson
from floodcore.testing.five_streets import NOON, SINCE, STREETS

# A metro station of the city's published list in both systems: 河南工业大学.
WGS, GCJ = Place(lon=113.535995, lat=34.827622), Place(lon=113.542167, lat=34.826588)


def read(coordinates: Coordinates = Coordinates.WGS84, **sheets: str) -> Given:
    return read_files({f"{name}.csv": text.encode() for name, text in sheets.items()}, coordinates)


def a_book() -> Book:
    """Two of the streets with everything that a register can hold."""
    tunnel = Site(
        site_id="tunnel",
        name="京广隧道,北口",
        name_en='"North" portal',
        kind=SiteKind.UNDERPASS,
        place=Place(lon=113.6412345678, lat=34.75),
        district="二七区",
        position=Position.SURVEYED,
        pack_id="2021",
    )
    gauge = Fitting(
        device_id="head-1",
        quantity=Quantity.DISTANCE,
        site_id="tunnel",
        dry_interval_s=900,
        rain_interval_s=60,
        burst_interval_s=10,
    )
    mounts = [
        Mount(device_id="head-1", height_m=4.2, datum_m=98.61, valid_from=SINCE, valid_to=NOON, source="survey 2021"),
        Mount(device_id="head-1", height_m=4.15, datum_m=None, valid_from=NOON, valid_to=None, source="re-hung"),
    ]
    rung = Rung(
        site_id="tunnel", level=Level.BLUE, depth_m=0.15, hysteresis_m=0.03, valid_from=SINCE, source="city, 2021"
    )
    origin = Origin(
        pack_id="2021", title="七月", timezone="Asia/Shanghai", licences=[{"name": "CC0"}], sources=[], storms=[]
    )
    device = Device(device_id="head-1", pack_id="2021", station_id="4101")
    return Book([origin, device, STREETS[4], tunnel, gauge, *mounts, rung])


def test_what_is_written_is_read_again() -> None:
    written = csv_files(a_book())
    given = read_files({name: text.encode() for name, text in written.items()})
    assert given.rejected == []
    empty = Book()
    revise(empty, given.rows)
    for sheet in SHEETS:
        assert list(empty.entries(sheet)) == list(a_book().entries(sheet))
    assert csv_files(empty) == written


def test_sites_go_out_and_come_back_as_geojson() -> None:
    text = sites_geojson(a_book())
    street, tunnel = json.loads(text)["features"]
    assert street["geometry"] is None, "a site without a position is in the file all the same"
    assert tunnel["geometry"] == {"type": "Point", "coordinates": [113.6412345678, 34.75]}
    given = read_files({"sites.geojson": text.encode()})
    assert given.rejected == []
    assert revise(a_book(), given.rows).changes == []


A_TIME = "write it like 2024-06-01T00:00+08:00"
JUNE = "2024-06-01T00:00Z"


@pytest.mark.parametrize(
    ("sheet", "row", "reason"),
    [
        ("sites", "a,A,road,113,6,34", "It has more fields than the first line has names, as a decimal comma makes."),
        ("sites", "a/b,A,road,,", r"Column site_id: 'a/b' is no id; it matches [A-Za-z0-9_.-]{1,64}."),
        ("sites", "a,,road,,", "Column name is blank."),
        ("sites", "a,,x,,", "Column name is blank; column kind: 'x' is none of " + ", ".join(SiteKind) + "."),
        ("sites", "a,A,road,east,34", "Column lon: 'east' is no number; the decimal sign is a point."),
        ("sites", "a,A,road,113,340", "Column lat: '340' is not between -90 and 90."),
        ("sites", "a,A,road,113,", "A position has a lon and a lat, or neither."),
        ("sensors", "g,level,s,0.5", "Column dry_interval_s: '0.5' is no whole number of seconds from 1 to 2678400."),
        ("sensors", "g,smell,s,", f"Column quantity: 'smell' is none of {', '.join(Quantity)}."),
        ("sensors", "g,level,b,", "There is no site b in the register; give it a row in sites.csv."),
        ("mounts", "g,June,,3,me", f"Column valid_from: 'June' is no time; {A_TIME}."),
        ("mounts", f"g,{JUNE},,-3,me", "Column height_m: '-3' is not between 0 and 200."),
        ("mounts", f"g,{JUNE},2024-05-31T00:00Z,3,me", "It ends before it begins."),
        ("mounts", f"h,{JUNE},,3,me", "There is no device h in the register; give it a row in sensors.csv."),
        ("thresholds", f"s,5,{JUNE},1,me", "Column level: '5' is none of 1 blue, 2 yellow, 3 orange, 4 red."),
        ("thresholds", f"s,1,{JUNE},nan,me", "Column depth_m: 'nan' is not between -50 and 9000."),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_in_a_sentence(sheet: str, row: str, reason: str) -> None:
    header = {
        "sites": "site_id,name,kind,lon,lat",
        "sensors": "device_id,quantity,site_id,dry_interval_s",
        "mounts": "device_id,valid_from,valid_to,height_m,source",
        "thresholds": "site_id,level,valid_from,depth_m,source",
    }[sheet]
    street = Site(site_id="s", name="S", kind=SiteKind.ROAD)
    book = Book([street, Device(device_id="g")])
    given = read(**{sheet: f"{header}\n\n{row}\n"})
    refused = [*given.rejected, *revise(book, given.rows).rejected]
    assert [(one.where, one.reason) for one in refused] == [(f"{sheet}.csv line 3", reason)]
    assert refused[0].row == row


def test_a_time_says_where_it_is() -> None:
    (refused,) = read(mounts="device_id,valid_from,source\ng,2024-06-01T00:00,me").rejected
    assert refused.reason.startswith("Column valid_from: '2024-06-01T00:00' is local time of we know not where")


def test_a_table_in_the_chinese_code_page_is_told_to_come_in_utf8() -> None:
    with pytest.raises(Refused, match="not text in UTF-8; save it in UTF-8"):
        read_files({"sites.csv": "site_id,name,kind\na,京广隧道,road\n".encode("gbk")})


def test_a_header_without_its_key_is_refused_whole() -> None:
    with pytest.raises(Refused, match=r"sites\.csv has no column site_id, kind; its first line must name"):
        read(sites="id,name\n1,A\n")
    with pytest.raises(Refused, match="names kind twice in its first line"):
        read(sites="site_id,name,kind,kind,,\na,A,road,river\n")
    with pytest.raises(Refused, match="nothing of a register"):
        read_files({"readme.txt": b""})


def test_a_feature_that_is_no_point_is_told_by_its_number() -> None:
    line = {"type": "LineString", "coordinates": [[113, 34], [114, 35]]}
    features = [
        {"type": "Feature", "id": "a", "geometry": line, "properties": {"name": "A", "kind": "road"}},
        "a word",
    ]
    given = read_files({"sites.geojson": json.dumps({"type": "FeatureCollection", "features": features}).encode()})
    assert given.rows == []
    assert [one.where for one in given.rejected] == ["sites.geojson feature 1", "sites.geojson feature 2"]
    assert given.rejected[0].reason.startswith("Column lon: '?' is no number")


@pytest.mark.parametrize("system", [Coordinates.GCJ02, Coordinates.BD09])
def test_coordinates_of_chinese_maps_become_wgs84(system: Coordinates) -> None:
    # BD-09 of the station by Baidu's own shift from GCJ-02; taken for WGS 84, either would lie on another street.
    told = {Coordinates.GCJ02: GCJ, Coordinates.BD09: Place(lon=113.548644, lat=34.83273)}[system]
    assert distance_m(told, WGS) > 500
    assert distance_m(to_wgs84(told, system), WGS) < 3
    (row,) = read(system, sites=f"site_id,name,kind,lon,lat\na,A,road,{told.lon},{told.lat}\n").rows
    assert distance_m(Place(lon=row.values["lon"], lat=row.values["lat"]), WGS) < 3


@drawn(st.floats(74, 135), st.floats(4, 53))
def test_back_and_forth_is_the_same_place_to_a_decimetre(lon: float, lat: float) -> None:
    here = Place(lon=lon, lat=lat)
    assert distance_m(to_wgs84(wgs84_to_gcj02(here), Coordinates.GCJ02), here) < 0.1


def test_a_place_abroad_is_not_shifted() -> None:
    new_york = Place(lon=-73.98, lat=40.68)
    assert to_wgs84(new_york, Coordinates.GCJ02) == new_york


@drawn(st.dictionaries(st.sampled_from([*(sheet.file for sheet in SHEETS), "sites.geojson"]), st.binary(), min_size=1))
def test_bytes_of_any_kind_are_no_rows(files: dict[str, bytes]) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        read_files(files)


CELLS = st.one_of(st.text(max_size=5), st.sampled_from(["a", "road", "level", "1", "2024-06-01T00:00Z", "[]", "9e999"]))


@drawn(st.sampled_from(SHEETS), st.data())
def test_cells_of_any_kind_are_read_or_refused(sheet: object, data: st.DataObject) -> None:
    chosen = next(one for one in SHEETS if one is sheet)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(chosen.columns), max_size=len(chosen.columns)), max_size=5))
    lines = [",".join(chosen.columns), *(",".join(map(repr, row)) for row in rows)]
    try:
        given = read_files({chosen.file: "\n".join(lines).encode(errors="replace")})
    except Refused:
        return
    revision = revise(Book(), given.rows)
    taken = sum(tally.added + tally.unchanged for tally in revision.tallies().values())
    assert taken + len(revision.rejected) >= len(given.rows)
