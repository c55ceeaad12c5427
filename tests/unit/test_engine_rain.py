"""A model's own rain: each format brings the same 6 mm, whatever its words."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulators.engine.inp import Inp
from simulators.engine.rain import LONGEST, OwnRain, rain_of

HEAD = "[OPTIONS]\nFLOW_UNITS {units}\nSTART_DATE 07/20/2021\nSTART_TIME 12:00\nEND_DATE {end}\n"


def moment(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """On a model's clock, which has no zone."""
    return datetime(year, month, day, hour)  # noqa: DTZ001


def read(gage: str, series: str, folder: Path, *, units: str = "CMS", end: str = "07/22/2021") -> OwnRain:
    text = HEAD.format(units=units, end=end) + f"[RAINGAGES]\n{gage}\n[TIMESERIES]\n{series}\n"
    return rain_of(Inp.parse(text), folder)


@pytest.mark.parametrize(
    ("gage", "series", "units"),
    [
        # 24 mm/h for ten minutes are 4 mm, 12 mm/h for ten are 2 mm.
        pytest.param("G INTENSITY 0:10 1 TIMESERIES R", "R 0:00 24\nR 0:10 12\nR 0:20 0", "CMS", id="intensity"),
        pytest.param("G VOLUME 0:10 1 TIMESERIES R", "R 0:00 4\nR 0:10 2", "LPS", id="volume"),
        pytest.param("G CUMULATIVE 0:10 1 TIMESERIES R", "R 0:00 4\nR 0:10 6\nR 0:20 6", "CMS", id="cumulative"),
        pytest.param("G volume 0.1666667 1 timeseries r", "R 0 4 0.1666667 2", "MLD", id="pairs-in-one-row"),
        pytest.param(
            "G VOLUME 0:10 1 TIMESERIES R", "R 07/20/2021 12:00 4\nR 12:10 2", "CMS", id="a-date-holds-until-the-next"
        ),
        pytest.param("G VOLUME 0:10 1 TIMESERIES R", "R 0:00 0.15748\nR 0:10 0.07874", "CFS", id="inches"),
    ],
)
def test_each_format(gage: str, series: str, units: str, tmp_path: Path) -> None:
    rain = read(gage, series, tmp_path, units=units)
    assert rain.start == moment(2021, 7, 20, 12)
    assert rain.total_mm == pytest.approx(6.0, abs=1e-3)
    assert rain.mean_mm_h(0, 600)[0] == pytest.approx(24.0, rel=1e-3)
    assert rain.mean_mm_h(600, 1200)[0] == pytest.approx(12.0, rel=1e-3)
    assert rain.mean_mm_h(1200, 1260)[0] == pytest.approx(0.0, abs=1e-3)
    assert rain.mean_mm_h(570, 630)[0] == pytest.approx(18.0, rel=1e-3)  # half a minute of each


def test_the_engines_own_file(tmp_path: Path) -> None:
    (tmp_path / "storm.dat").write_text("; station a\nA 2021 7 20 12 0 4\nB 2021 7 20 12 0 99\nA 2021 7 20 12 10 2\n")
    rain = read('G VOLUME 0:10 1 FILE "C:\\rain\\storm.dat" A MM', "", tmp_path, units="CFS")
    assert rain.total_mm == pytest.approx(6.0)
    assert rain.lost == ()


def test_a_series_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("07/20/2021 12:00 24\n07/20/2021 12:10 12\n")
    rain = read("G INTENSITY 0:10 1 TIMESERIES R", 'R FILE "r.txt"', tmp_path)
    assert rain.total_mm == pytest.approx(6.0)


def test_a_file_that_is_missing_is_dry_and_named(tmp_path: Path) -> None:
    rain = read("G INTENSITY 0:05 1 FILE storm.dat 1 mm", "", tmp_path)
    assert (rain.total_mm, rain.lost) == (0.0, ("storm.dat",))


def test_a_gap_in_a_series_is_dry(tmp_path: Path) -> None:
    """12 mm/h at noon and at one, each for its ten minutes: 2 + 2 mm, nothing between."""
    rain = read("G INTENSITY 0:10 1 TIMESERIES R", "R 0:00 12\nR 1:00 12", tmp_path)
    assert rain.total_mm == pytest.approx(4.0)
    assert rain.mean_mm_h(900, 3600)[0] == pytest.approx(0.0)


def test_of_a_month_of_rain_its_heaviest_two_days_are_kept(tmp_path: Path) -> None:
    """1 mm in an hour of every day, and 30 mm on the 15th: the day before it and the day after stay."""
    days = [f"R 08/{day:02d}/2021 06:00 {30 if day == 15 else 1}" for day in range(1, 31)]
    rain = read("G VOLUME 1:00 1 TIMESERIES R", "\n".join(days), tmp_path, end="09/01/2021")
    assert rain.span == LONGEST
    assert rain.start < moment(2021, 8, 15, 6) < rain.start + rain.span
    assert 30 <= rain.total_mm <= 33
    hour = rain.start + timedelta(seconds=rain.heaviest_hour_s())
    assert hour == moment(2021, 8, 15, 6)


@pytest.mark.parametrize("series", ["R", "R x y", "R 0:00", "R 0:00 nan", "S 0:00 5", "R 07/20/2021"])
def test_words_that_are_no_rain_bring_none(series: str, tmp_path: Path) -> None:
    assert read("G INTENSITY 0:10 1 TIMESERIES R", series, tmp_path).total_mm == 0
