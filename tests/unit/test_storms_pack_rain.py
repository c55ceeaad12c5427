"""Measured rain as a storm: what the gauges caught falls, no more and no less."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from floodcore.packs.read import Pack, read_pack
from simulators.area import Area
from simulators.packs import shipped
from simulators.storms.catalogue import storm as storm_of
from simulators.storms.pack_rain import pack_rain

NOON = datetime(2024, 7, 11, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AREA = Area(west=113.50, south=34.65, east=113.82, north=34.88)
WEST, EAST = "west,rain,113.60,34.75", "east,rain,113.70,34.75"


def a_pack(folder: Path, stations: list[str], rows: list[str], storms: list[dict[str, str]] | None = None) -> Pack:
    folder.mkdir(exist_ok=True)
    about = {
        "name": "two-gauges",
        "title": "two gauges",
        "storms": storms or [],
        "resources": [{"name": name, "path": f"{name}.csv"} for name in ("stations", "observations")],
    }
    (folder / "datapackage.json").write_text(json.dumps(about))
    (folder / "stations.csv").write_text("\n".join(["station_id,kind,lon,lat", *stations]) + "\n")
    table = ["observed_at,station_id,quantity,value", *rows]
    (folder / "observations.csv").write_text("\n".join(table) + "\n")
    return read_pack(folder)


def row(minute: int, station: str, mm: float) -> str:
    return f"{(NOON + minute * MINUTE).isoformat()},{station},rain,{mm}"


def fallen_mm(pack: Pack, lon: float, lat: float = 34.75) -> float:
    falls = pack_rain(pack, AREA)
    n = round((falls.end - falls.start) / MINUTE)
    place = np.array([lon]), np.array([lat])
    return sum(float(falls.intensity(falls.start + k * MINUTE, *place)[0]) for k in range(n)) / 60


def test_at_a_gauge_falls_what_it_caught_and_half_way_the_mean(tmp_path: Path) -> None:
    rows = [row(m, s, mm) for m in (15, 30, 45) for s, mm in (("west", 2.0), ("east", 6.0))]
    pack = a_pack(tmp_path, [WEST, EAST], rows)
    # 3 x 2 = 6 mm and 3 x 6 = 18 mm. The other gauge is 9.1 km away: its weight is (0.1 / 9.1)^2 = 0.00012.
    assert fallen_mm(pack, 113.60) == pytest.approx(6.0, abs=0.01)
    assert fallen_mm(pack, 113.70) == pytest.approx(18.0, abs=0.01)
    assert fallen_mm(pack, 113.65) == pytest.approx(12.0, abs=0.01)


def test_a_records_rain_falls_evenly_since_the_one_before(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, [WEST], [row(0, "west", 0.0), row(15, "west", 5.0), row(30, "west", 0.0)])
    falls = pack_rain(pack, AREA)
    here = np.array([113.6]), np.array([34.75])
    assert falls.intensity(NOON - MINUTE, *here) == [0.0]
    assert falls.intensity(NOON, *here) == pytest.approx(20.0)  # 5 mm in a quarter of an hour
    assert falls.intensity(NOON + 14 * MINUTE, *here) == pytest.approx(20.0)
    assert falls.intensity(NOON + 15 * MINUTE, *here) == [0.0]


def test_a_record_after_a_silence_tells_of_its_last_hour(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, [WEST], [row(0, "west", 1.0), row(600, "west", 9.0)])
    falls = pack_rain(pack, AREA)
    here = np.array([113.6]), np.array([34.75])
    assert falls.intensity(NOON + 539 * MINUTE, *here) == [0.0]
    assert falls.intensity(NOON + 540 * MINUTE, *here) == pytest.approx(9.0)
    assert fallen_mm(pack, 113.6) == pytest.approx(10.0)


@pytest.mark.parametrize(
    "stations",
    [["west,rain,,", "east,rain,,"], ["west,rain,-2.0,53.7", "east,rain,-2.1,53.8"]],
    ids=["places are not known", "gauges of another country"],
)
def test_gauges_that_do_not_stand_here_give_their_mean(tmp_path: Path, stations: list[str]) -> None:
    pack = a_pack(tmp_path, stations, [row(15, "west", 2.0), row(15, "east", 6.0)])
    assert fallen_mm(pack, 113.51) == pytest.approx(4.0)
    assert "the mean of its gauges" in pack_rain(pack, AREA).label.source


def test_a_repeated_record_counts_once(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, [WEST], [row(15, "west", 2.0), row(15, "west", 2.0)])
    assert fallen_mm(pack, 113.6) == pytest.approx(2.0)


def test_the_wettest_of_its_storms_falls_unless_one_is_named(tmp_path: Path) -> None:
    def storm(name: str, begin: int) -> dict[str, str]:
        end = NOON + (begin + 60) * MINUTE
        return {"id": name, "start": (NOON + begin * MINUTE).isoformat(), "end": end.isoformat()}

    rows = [row(30, "west", 1.0), row(630, "west", 8.0)]
    pack = a_pack(tmp_path, [WEST], rows, [storm("a", 0), storm("b", 600)])
    assert pack_rain(pack, AREA).start == NOON + 600 * MINUTE
    assert pack_rain(pack, AREA, "a").start == NOON
    assert pack_rain(pack, AREA, "a").label.name == "rain:two-gauges:a"
    with pytest.raises(Refused, match="has no storm c; it has a, b"):
        pack_rain(pack, AREA, "c")


def test_a_pack_without_rain_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="has no rain"):
        pack_rain(a_pack(tmp_path, [WEST], [row(15, "west", 0.0)]), AREA)


def test_a_pack_that_comes_along_rains_by_its_name() -> None:
    falls = storm_of("rain:calder-2025", AREA)
    n = round((falls.end - falls.start) / MINUTE)
    rain = [float(falls.intensity(falls.start + k * MINUTE, np.array([113.6]), np.array([34.75]))[0]) for k in range(n)]
    pack = read_pack(shipped("calder-2025"))
    caught = pack.between(falls.start, falls.end)
    caught = caught[caught["quantity"] == "rain"]
    # The mean of its four gauges, whose places the pack does not tell; the record at `start` fell before it.
    later = caught[caught["observed_at"] > falls.start]
    assert sum(rain) / 60 == pytest.approx(later["value"].sum() / 4, abs=0.01)
    assert not falls.label.constructed


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("rain:nowhere", NotFound, "no event pack 'nowhere'"),
        ("rain:calder-2025:none", Refused, "has no storm none"),
        ("rain:floodnet-2023-09-29", Refused, "has no rain"),
    ],
)
def test_a_pack_that_cannot_rain_is_a_sentence(name: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        storm_of(name, AREA)
