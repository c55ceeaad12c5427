"""Families of storms: what no place and no time can break, and what makes one unlike another."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.area import Area
from simulators.storms.catalogue import MIX, NAMES, ensemble, storm
from simulators.storms.families import KINDS
from simulators.storms.frame import Frame
from simulators.storms.storm import Label, Storm
from simulators.storms.typhoon import Bands

CITY = Area(west=113.50, south=34.65, east=113.82, north=34.88)
POINT = Area(west=113.6499, south=34.7499, east=113.6501, north=34.7501)
COUNTRY = Area(west=100.0, south=25.0, east=115.0, north=40.0)
STORMS = {name: storm(name, CITY, 3) for name in NAMES}
LON, LAT = (each.ravel() for each in np.meshgrid(np.linspace(113.5, 113.82, 12), np.linspace(34.65, 34.88, 12)))
STEP = timedelta(minutes=10)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def fields(falls: Storm) -> np.ndarray:
    """Rain over the city every ten minutes, shape (n_times, 144)."""
    return np.array(
        [falls.intensity(falls.start + k * STEP, LON, LAT) for k in range((falls.end - falls.start) // STEP)]
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(
    minutes=st.floats(-10_000, 10_000),
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
)
def test_rain_at_any_place_and_time_is_a_number_not_below_zero(
    name: str, minutes: float, lon: float, lat: float
) -> None:
    falls = STORMS[name]
    at = falls.start + timedelta(minutes=minutes)
    [rain] = falls.intensity(at, np.array([lon]), np.array([lat]))
    assert np.isfinite(rain) and rain >= 0


@pytest.mark.parametrize("name", NAMES)
def test_a_time_without_a_zone_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="offset-naive"):
        STORMS[name].intensity(datetime(2021, 7, 20, 8), LON, LAT)  # noqa: DTZ001


@pytest.mark.parametrize("name", NAMES)
def test_storms_begin_and_end_in_utc(name: str) -> None:
    falls = STORMS[name]
    assert falls.start.tzinfo is UTC and falls.end.tzinfo is UTC
    assert falls.start < falls.end


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(kind: str) -> None:
    one, again, other = (fields(storm(kind, CITY, seed)).tobytes() for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_families_differ_in_how_much_of_the_city_is_wet_and_in_their_peaks() -> None:
    wet, peak = {}, {}
    for kind in KINDS:
        rains = [fields(storm(kind, CITY, seed)) for seed in range(16)]
        wet[kind] = float(np.mean([(rain > 0.5).mean() for rain in rains]))
        peak[kind] = float(np.median([rain.max() for rain in rains]))
    # Measured over 200 storms: isolated cells wet a sixth of city and time, the others most of it.
    assert wet["cells"] < 0.4 < wet["multicell"] < wet["typhoon"]
    assert wet["stratiform"] > 0.7
    assert peak["stratiform"] < peak["typhoon"] < peak["multicell"] < peak["training"]
    assert peak["stratiform"] < 0.4 * peak["cells"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("area", [POINT, COUNTRY], ids=["a point", "a country"])
def test_areas_of_any_size_are_rained_on(kind: str, area: Area) -> None:
    falls = storm(kind, area, 5)
    lon, lat = (
        each.ravel()
        for each in np.meshgrid(np.linspace(area.west, area.east, 12), np.linspace(area.south, area.north, 12))
    )
    rain = np.array([falls.intensity(falls.start + k * STEP, lon, lat) for k in range(36)])
    assert rain.max() > 1


def typhoon(*, n_bands: int, lat: float = 34.0) -> Bands:
    """Its eye stands still, with a turn of the spiral every 80 km and 0.2 turns an hour."""
    return Bands(
        label=Label(name="t", title="t", title_en="t", constructed=True, source="made for a test"),
        start=NOON - timedelta(hours=3),
        end=NOON + timedelta(hours=3),
        frame=Frame(lon=113.0, lat=lat),
        east_m=0.0,
        north_m=0.0,
        east_m_s=0.0,
        north_m_s=0.0,
        n_bands=n_bands,
        turns_per_h=0.2,
        pitch_m=80_000.0,
        peak_mm_h=60.0,
        reach_m=1e9,
    )


@pytest.mark.parametrize("n_bands", [1, 2, 3, 4])
def test_a_typhoons_bands_have_no_seam(n_bands: int) -> None:
    # West of the eye, where the angle jumps from 180 to -180 degrees: a metre north and a metre south of it.
    west = 113.0 - np.linspace(0.05, 0.3, 40)
    above = typhoon(n_bands=n_bands).intensity(NOON, west, np.full(40, 34.0 + 1e-5))
    below = typhoon(n_bands=n_bands).intensity(NOON, west, np.full(40, 34.0 - 1e-5))
    assert above == pytest.approx(below, abs=0.1)


@pytest.mark.parametrize(("lat", "against_clock"), [(20.0, 1), (-20.0, -1)], ids=["north", "south"])
def test_a_typhoon_turns_as_its_half_of_the_earth_has_it_and_its_bands_trail(lat: float, against_clock: int) -> None:
    def band_at(km: float, at: datetime) -> float:
        """Degrees from the east, against the clock, of the strongest rain on a circle around the eye."""
        angle = np.radians(np.arange(0.0, 360.0, 0.5))
        lon = 113.0 + km * np.cos(angle) / (111.195 * np.cos(np.radians(lat)))
        rain = typhoon(n_bands=1, lat=lat).intensity(at, lon, lat + km * np.sin(angle) / 111.195)
        return float(np.degrees(angle[np.argmax(rain)]))

    def turned(one: float, other: float) -> float:
        return (other - one + 180) % 360 - 180

    half_an_hour = timedelta(minutes=30)
    # 0.2 turns an hour are 36 degrees in half an hour; 8 km farther out are a tenth of 80 km, 36 degrees back.
    now = band_at(40.0, NOON)
    assert turned(now, band_at(40.0, NOON + half_an_hour)) == pytest.approx(36 * against_clock, abs=1)
    assert turned(now, band_at(48.0, NOON)) == pytest.approx(-36 * against_clock, abs=1)


def test_an_ensemble_reaches_from_drizzle_to_beyond_the_hundred_year_hour() -> None:
    storms = ensemble(300, CITY, 1)
    middle = np.array([(CITY.west + CITY.east) / 2]), np.array([(CITY.south + CITY.north) / 2])
    hours = []
    for falls in storms:
        n = (falls.end - falls.start) // STEP
        rain = np.array([falls.intensity(falls.start + k * STEP, *middle)[0] for k in range(n)])
        hours.append(np.convolve(rain, np.full(6, 1 / 6), mode="valid").max())
    hour_mm = np.array(hours)
    # Of three seeds' 300 storms each, at the middle: 15 % have no hour above 5 mm, 34 % none above 10, 76 % none above
    # the classic formula's of once in a year, 32 mm; 3 % pass that of once in 100 years, 88 mm. The deviation of a
    # share p of 300 is sqrt(p (1 - p) / 300): 2.1, 2.7, 2.5 and 1.0 %; three of them are allowed.
    assert np.mean(hour_mm < 5) == pytest.approx(0.15, abs=0.063)
    assert np.mean(hour_mm < 10) == pytest.approx(0.34, abs=0.081)
    assert np.mean(hour_mm < 32) == pytest.approx(0.76, abs=0.075)
    assert 0 < np.mean(hour_mm > 88) <= 0.06
    assert hour_mm.max() < 1.5 * 201.9  # the hour of record


def test_an_ensembles_storms_are_of_the_stated_mix_and_lengths() -> None:
    storms = ensemble(600, CITY, 2)
    kinds = [falls.label.name.split("-")[0] for falls in storms]
    for kind, share in MIX:
        # The number of 600 has the deviation sqrt(600 p (1 - p)), 10.6 for a quarter; four of them are allowed.
        assert kinds.count(kind) == pytest.approx(600 * share, abs=4 * np.sqrt(600 * share * (1 - share)))
    lasts_h = np.array([(falls.end - falls.start) / timedelta(hours=1) for falls in storms])
    assert 4 <= lasts_h.min() < lasts_h.max() <= 12
    # A triangle from 4 over 6 to 12 h has its mean at 22 / 3 = 7.33 h and a deviation of 1.70; 1.70 / sqrt(600) = 0.07.
    assert lasts_h.mean() == pytest.approx(7.33, abs=4 * 0.07)
