"""Families of storms: what no place and no time can break, and what makes one unlike another."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.area import Area
from simulators.storms.catalogue import NAMES, ensemble, storm
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


def test_a_typhoons_bands_have_no_seam() -> None:
    label = Label(name="t", title="t", title_en="t", constructed=True, source="made for a test")
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    for n_bands in (1, 2, 3, 4):
        eye = Bands(
            label=label,
            start=noon - timedelta(hours=3),
            end=noon + timedelta(hours=3),
            frame=Frame.of(CITY),
            east_m=0.0,
            north_m=0.0,
            east_m_s=0.0,
            north_m_s=0.0,
            n_bands=n_bands,
            turns_per_h=0.2,
            pitch_m=80_000.0,
            peak_mm_h=60.0,
            reach_m=100_000.0,
        )
        # West of the eye, where the angle jumps from 180 to -180 degrees: a metre north and a metre south of it.
        west = Frame.of(CITY).lon - np.linspace(0.02, 0.3, 40)
        above = eye.intensity(noon, west, np.full(40, Frame.of(CITY).lat + 1e-5))
        below = eye.intensity(noon, west, np.full(40, Frame.of(CITY).lat - 1e-5))
        assert above == pytest.approx(below, abs=0.1)


def test_an_ensemble_reaches_from_drizzle_to_beyond_the_hundred_year_hour() -> None:
    storms = ensemble(120, CITY, 1)
    hours = []
    for falls in storms:
        rain = fields(falls)
        hours.append(max(rain[k : k + 6].mean(axis=0).max() for k in range(len(rain) - 5)))
    # The 100-year hour of the classic formula is 88 mm, the 1-year hour 32 mm.
    assert min(hours) < 5
    assert max(hours) > 88
    assert 0.3 < np.mean(np.array(hours) < 32) < 0.8
    lasts = {(falls.end - falls.start) / timedelta(hours=1) for falls in storms}
    assert 4 <= min(lasts) < max(lasts) <= 12
    assert {falls.label.name.split("-")[0] for falls in storms} == set(KINDS)
