"""A radar's field beside the true one: each error has the size that is stated for it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from simulators.area import Area
from simulators.storms.catalogue import storm
from simulators.storms.field import RainField, grid, rain_field
from simulators.storms.radar import TYPICAL, RadarErrors, seen
from simulators.testing.two_bowls import NOON, Steady

CITY = Area(west=113.50, south=34.65, east=113.82, north=34.88)
POINT = Area(west=113.6499, south=34.7499, east=113.6501, north=34.7501)
EXACT = RadarErrors(storm_sigma=0, local_sigma=0, db_per_km=0, range_km=1e9, missing=0, step_dbz=1e-6, least_dbz=-200)
HOUR = timedelta(hours=1)


def of(name: str, seed: int = 1, errors: RadarErrors = TYPICAL) -> RainField:
    falls = storm(name, CITY, 3)
    return rain_field(falls, CITY, falls.start, falls.end, seed, errors)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_cells_are_a_kilometre_wide_and_cover_the_area() -> None:
    lon, lat = grid(CITY)
    # 0.32 degrees x 111.195 km x cos 34.765 = 29.2 km, 0.23 x 111.195 = 25.6 km
    assert (lon.size, lat.size) == (30, 26)
    half_lon, half_lat = np.diff(lon)[0] / 2, np.diff(lat)[0] / 2
    assert lon[0] - half_lon <= CITY.west and lon[-1] + half_lon >= CITY.east
    assert lat[0] - half_lat <= CITY.south and lat[-1] + half_lat >= CITY.north
    assert [each.size for each in grid(POINT)] == [8, 8]


def test_a_step_is_the_mean_of_its_five_minutes() -> None:
    falls = storm("chicago-p20", CITY)
    field = rain_field(falls, CITY, falls.start, falls.end, 1)
    assert len(field.at) == 24
    # Twelve steps an hour: their sum over twelve is the depth of the whole storm, 83.9 mm.
    assert field.true_mm_h[:, 5, 5].sum() / 12 == pytest.approx(83.9, abs=0.05)


def test_a_radar_without_errors_sees_what_falls() -> None:
    field = rain_field(Steady(), CITY, NOON, NOON + HOUR, 1, EXACT)
    assert field.radar_mm_h == pytest.approx(field.true_mm_h, rel=1e-5)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = of("cells", 1), of("cells", 1), of("cells", 2)
    assert one.radar_mm_h.tobytes() == again.radar_mm_h.tobytes()
    assert one.true_mm_h.tobytes() == again.true_mm_h.tobytes() == other.true_mm_h.tobytes()
    assert one.radar_mm_h.tobytes() != other.radar_mm_h.tobytes()


@pytest.mark.parametrize("name", ["cells", "typhoon", "zhengzhou-2023-07-29"])
def test_what_is_seen_is_finite_and_not_below_zero_or_the_whole_scan_is_missing(name: str) -> None:
    radar = of(name, errors=replace(TYPICAL, missing=0.2)).radar_mm_h
    gone = np.isnan(radar).all(axis=(1, 2))
    assert 0 < gone.sum() < gone.size
    assert np.isfinite(radar[~gone]).all()
    assert radar[~gone].min() >= 0


def test_scans_are_missing_at_the_stated_rate() -> None:
    scans = seen(np.full((5_000, 2, 2), 10.0), 1.0, rng(), TYPICAL)
    # 5,000 scans at 2 %: 100 missing, standard deviation sqrt(5000 x 0.02 x 0.98) = 9.9; four of them are 40.
    assert np.isnan(scans[:, 0, 0]).sum() == pytest.approx(100, abs=40)


def test_the_factor_of_a_storm_has_the_stated_spread_and_favours_neither_side() -> None:
    only = replace(EXACT, storm_sigma=0.2)
    logs = [np.log(seen(np.full((1, 2, 2), 10.0), 1.0, rng(seed), only)[0, 0, 0] / 10) for seed in range(600)]
    # Of 600 storms the mean strays by 0.2 / sqrt(600) = 0.0082, the deviation by 0.2 / sqrt(1200) = 0.0058.
    assert np.mean(logs) == pytest.approx(0, abs=4 * 0.0082)
    assert np.std(logs) == pytest.approx(0.2, abs=4 * 0.0058)


def test_the_local_factor_resembles_its_neighbours_and_its_past() -> None:
    only = replace(EXACT, local_sigma=0.35)
    logs = np.log(seen(np.full((1_200, 40, 40), 10.0), 1.0, rng(), only) / 10)
    # A spell of 6 scans and a patch of 10 km x 10 km are one independent value: 1,200 / 12 x 16 = 1,600 of them.
    assert logs.mean() == pytest.approx(0, abs=4 * 0.35 / 40)
    assert logs.std() == pytest.approx(0.35, abs=4 * 0.35 / np.sqrt(3_200))
    whole = (logs**2).mean()
    assert (logs[:, :, 10:] * logs[:, :, :-10]).mean() / whole == pytest.approx(np.exp(-1), abs=0.08)  # 10 km apart
    assert (logs[6:] * logs[:-6]).mean() / whole == pytest.approx(np.exp(-1), abs=0.08)  # 6 scans apart


def test_rain_behind_heavy_rain_looks_weaker() -> None:
    falls = np.full((1, 30, 30), 100.0)
    radar = seen(falls, 1.0, rng(), replace(EXACT, db_per_km=0.0036))[0]
    # South-east corner, 29.5 x 1.414 = 41.7 km away: 0.0036 x 100^1.05 = 0.453 dB/km, 18.9 dB, 10^(-18.9 / 16) = 0.066.
    assert radar[0, -1] == pytest.approx(6.6, rel=0.02)
    # The cell at the radar has 0.7 km of rain before its middle: 10^(-0.32 / 16) = 0.955.
    assert radar[-1, 0] == pytest.approx(95.5, rel=0.005)
    assert seen(np.full((1, 30, 30), 2.0), 1.0, rng(), replace(EXACT, db_per_km=0.0036))[0, 0, -1] > 1.9


def test_far_rain_looks_weaker() -> None:
    radar = seen(np.full((1, 30, 30), 10.0), 1.0, rng(), replace(EXACT, range_km=200.0))[0]
    assert radar[0, -1] == pytest.approx(10 * np.exp(-41.7 / 200), rel=0.001)


def test_rain_is_told_in_steps_and_the_least_of_it_not_at_all() -> None:
    mm_h = np.linspace(0.0, 6.0, 601).reshape(-1, 1, 1)
    radar = seen(mm_h, 1.0, rng(), replace(EXACT, step_dbz=0.5, least_dbz=5.0)).ravel()
    # 5 dBZ is Z = 3.16, R = (3.16 / 200)^(1 / 1.6) = 0.0748 mm/h.
    assert (radar[:8] == 0).all() and radar[8] > 0
    # Half a step is 0.25 dBZ, a factor of 10^(0.25 / 16) = 1.037.
    assert np.abs(np.log(radar[8:] / mm_h.ravel()[8:])).max() <= 0.25 / 16 * np.log(10) + 1e-9
    assert np.unique(radar).size < 100
