"""Constructed storms meet the totals that were published, to a hundredth of a millimetre, summed by minutes."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from simulators.area import Area
from simulators.storms.catalogue import NAMES, ensemble, is_named, storm
from simulators.storms.chicago import Chicago
from simulators.storms.formula import FORMULAS
from simulators.storms.record import STATION
from simulators.storms.storm import Storm

ZHENGZHOU = Area(west=113.50, south=34.65, east=113.82, north=34.88)
ELSEWHERE = Area(west=-76.31, south=36.85, east=-76.27, north=36.88)
MINUTE = timedelta(minutes=1)
LON, LAT = np.array([STATION.lon]), np.array([STATION.lat])


def beijing(day: int, hour: int, month: int = 7, year: int = 2021) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def minutes_mm(falls: Storm, start: datetime, end: datetime) -> np.ndarray:
    """Rain of each minute at the station."""
    n = round((end - start) / MINUTE)
    return np.array([falls.intensity(start + number * MINUTE, LON, LAT)[0] / 60 for number in range(n)])


@pytest.mark.parametrize(
    ("start", "end", "mm"),
    [
        (beijing(20, 16), beijing(20, 17), 201.9),
        (beijing(19, 20), beijing(20, 20), 552.5),
        (beijing(17, 20), beijing(20, 20), 617.1),
        (beijing(17, 20), beijing(19, 20), 64.6),
    ],
    ids=["the hour", "24 h to 20:00", "72 h to 20:00", "the two days before"],
)
def test_the_storm_of_record_meets_its_totals(start: datetime, end: datetime, mm: float) -> None:
    falls = storm("zhengzhou-2021-07-20", ZHENGZHOU)
    assert minutes_mm(falls, start, end).sum() == pytest.approx(mm, abs=0.01)


def test_no_24_hours_of_the_storm_of_record_have_more_than_its_largest_day() -> None:
    falls = storm("zhengzhou-2021-07-20", ZHENGZHOU)
    fallen = np.concatenate([[0.0], minutes_mm(falls, falls.start, falls.end).cumsum()])
    assert (fallen[1440:] - fallen[:-1440]).max() == pytest.approx(624.1, abs=0.01)


def test_its_core_comes_from_the_west_and_nowhere_is_more_than_at_the_station_in_that_hour() -> None:
    falls = storm("zhengzhou-2021-07-20", ZHENGZHOU)
    lon = STATION.lon + np.array([-0.08, 0.0, 0.08])  # 7.3 km at 6 m/s: 20 min earlier, and 20 min later
    lat = np.full(3, STATION.lat)
    start = beijing(20, 15)
    rain = np.array([falls.intensity(start + number * MINUTE, lon, lat) for number in range(300)])
    west, middle, east = (int(np.flatnonzero(rain[:, place] > 60)[0]) for place in range(3))
    assert west < middle < east
    assert middle == 60  # at 16:00
    hours = np.array([rain[begin : begin + 60].sum(axis=0) / 60 for begin in range(0, 241, 10)])
    assert hours.max() == pytest.approx(201.9, abs=0.01)


def test_three_hours_at_the_station_stay_under_the_most_that_is_reported_of_any_place() -> None:
    falls = storm("zhengzhou-2021-07-20", ZHENGZHOU)
    # 201.9 + 85 + 42 = 328.9 mm from 16 to 19 h; 333 mm are reported of one place.
    assert minutes_mm(falls, beijing(20, 16), beijing(20, 19)).sum() == pytest.approx(328.9, abs=0.01)


def test_more_of_the_broad_rain_falls_in_the_west_and_the_south() -> None:
    falls = storm("zhengzhou-2021-07-20", ZHENGZHOU)
    lon = STATION.lon + np.array([-0.1, 0.0, 0.1, 0.0])  # west, station, east, and 7.8 km to the south of it
    lat = STATION.lat + np.array([0.0, 0.0, 0.0, -0.07])
    at = beijing(20, 12)
    west, here, east, south = falls.intensity(at, lon, lat)
    # 35 % in 15 km; 0.1 degrees are 0.1 x 111.195 x cos 34.72 = 9.14 km: 9.14 / 15 x 35 % is 21.3 %.
    assert west / here == pytest.approx(1.213, abs=0.002)
    assert east / here == pytest.approx(0.787, abs=0.002)
    assert south / here == pytest.approx(1 + 0.15 * 7.784 / 15, abs=0.002)  # 8 % more


@pytest.mark.parametrize(
    "part",
    [
        Area(west=113.62, south=34.71, east=113.70, north=34.78),
        Area(west=113.70, south=34.75, east=113.72, north=34.77),
    ],
    ids=["a district around the station", "a quarter beside it"],
)
def test_a_place_in_zhengzhou_has_the_same_rain_whatever_else_is_simulated(part: Area) -> None:
    whole, few = storm("zhengzhou-2021-07-20", ZHENGZHOU), storm("zhengzhou-2021-07-20", part)
    lon, lat = np.array([113.705]), np.array([34.755])
    for hour in (12, 16, 17, 19):
        assert few.intensity(beijing(20, hour), lon, lat) == whole.intensity(beijing(20, hour), lon, lat)


def test_elsewhere_the_field_is_drawn_to_the_areas_size_and_says_so() -> None:
    falls = storm("zhengzhou-2021-07-20", ELSEWHERE)
    middle_lat, half_lon = 36.865, 0.02
    lon, lat = -76.29 + np.array([-half_lon, 0.0]), np.full(2, middle_lat)
    west, middle = falls.intensity(beijing(20, 12), lon, lat)
    # It is 0.04 x 111.195 x cos 36.865 = 3.56 km wide, so 35 % more fall in half of that.
    assert west / middle == pytest.approx(1.35, abs=0.001)
    hour = [falls.intensity(beijing(20, 16) + k * MINUTE, lon, lat)[1] / 60 for k in range(60)]
    assert sum(hour) == pytest.approx(201.9, abs=0.01)
    assert "moved here from Zhengzhou" in falls.label.source
    assert "moved here" not in storm("zhengzhou-2021-07-20", ZHENGZHOU).label.source


@pytest.mark.parametrize(
    ("name", "mm", "hours"),
    [("zhengzhou-2024-07-11", 50.2, 18), ("zhengzhou-2021-09-24", 44.8, 24), ("zhengzhou-2023-07-29", 30.7, 6)],
)
def test_storms_of_known_outcome_have_their_totals(name: str, mm: float, hours: int) -> None:
    falls = storm(name, ZHENGZHOU)
    assert falls.end - falls.start == timedelta(hours=hours)
    assert minutes_mm(falls, falls.start, falls.end).sum() == pytest.approx(mm, abs=0.01)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("years", [1, 2, 20, 100])
@pytest.mark.parametrize("hours", [1, 2, 3])
def test_a_design_storm_has_the_formulas_depth_in_every_span_around_its_peak(
    formula: str, years: int, hours: int
) -> None:
    falls = storm(f"chicago-p{years}-{hours}h-{formula}", ZHENGZHOU)
    assert isinstance(falls, Chicago)
    whole = minutes_mm(falls, falls.start, falls.end)
    assert whole.sum() == pytest.approx(FORMULAS[formula].depth_mm(years, 60 * hours), abs=1e-6)
    peak = round(0.4 * 60 * hours)
    half = whole[peak - round(0.4 * 30) : peak + round(0.6 * 30)].sum()  # 12 minutes before it, 18 after it
    assert half == pytest.approx(FORMULAS[formula].depth_mm(years, 30), abs=1e-6)


def test_the_classic_formula_gives_what_was_measured_of_it() -> None:
    # 3073 (1 + 0.892 lg 20) / (120 + 15.1)^0.824 = 3073 * 2.1605 / 56.99 = 116.5 L/(s ha) = 41.95 mm/h, for 2 h
    assert FORMULAS["3073"].depth_mm(20, 120) == pytest.approx(83.9, abs=0.05)


@pytest.mark.parametrize("name", [*NAMES, "chicago-p50-3h"])
@pytest.mark.parametrize("area", [ZHENGZHOU, ELSEWHERE], ids=["Zhengzhou", "elsewhere"])
def test_rain_is_never_negative_ends_and_is_the_same_for_the_same_seed(name: str, area: Area) -> None:
    falls, again = storm(name, area, 7), storm(name, area, 7)
    lon = np.linspace(area.west - 0.1, area.east + 0.1, 40)
    lat = np.linspace(area.south - 0.1, area.north + 0.1, 40)
    span = falls.end - falls.start
    rain = np.array([falls.intensity(falls.start + share * span, lon, lat) for share in np.linspace(0, 0.999, 60)])
    assert np.isfinite(rain).all()
    assert rain.min() >= 0
    assert rain.max() > 0.2
    half = falls.start + span / 2
    assert (falls.intensity(half, lon, lat) == again.intensity(half, lon, lat)).all()
    assert falls.label.constructed
    for outside in (falls.start - MINUTE, falls.end + timedelta(hours=3)):
        assert falls.intensity(outside, lon, lat).max() == 0


def test_a_storm_of_an_ensemble_does_not_depend_on_how_many_there_are() -> None:
    few, many = ensemble(3, ZHENGZHOU, 5), ensemble(40, ZHENGZHOU, 5)
    assert [one.label.name for one in few] == [one.label.name for one in many[:3]]
    at = many[2].start + timedelta(hours=3)
    lon, lat = np.linspace(113.5, 113.8, 20), np.full(20, 34.75)
    assert (few[2].intensity(at, lon, lat) == many[2].intensity(at, lon, lat)).all()
    assert len({one.start for one in many}) == 40
    peaks = [max(one.intensity(one.start + k * 10 * MINUTE, lon, lat).max() for k in range(36)) for one in many]
    assert min(peaks) < 15  # drizzle
    assert max(peaks) > 100  # more than any formula's hour


@pytest.mark.parametrize("name", ["", "chicago", "chicago-p20-3h-none", "zhengzhou-2099-01-01", "Cells"])
def test_a_storm_that_is_none_is_a_sentence(name: str) -> None:
    with pytest.raises(NotFound, match="there are"):
        storm(name, ZHENGZHOU)


@pytest.mark.parametrize("name", ["chicago-p0", "chicago-p20-0h", "chicago-p20-99h"])
def test_a_design_storm_that_no_formula_tells_of_is_refused(name: str) -> None:
    assert is_named(name)
    with pytest.raises(Refused, match="lasts 1 to 24 h"):
        storm(name, ZHENGZHOU)
