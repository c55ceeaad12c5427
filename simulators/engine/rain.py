"""A model's own rain, as it stands at its gages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulators.engine.clocked import found_in
from simulators.engine.inp import Inp, date_of, decoded, span_of, words_of
from simulators.engine.units import INCH_MM, US

FloatArray = NDArray[np.float64]
S_PER_H = 3600.0
HOUR_S = 3600
# A series of years is not a storm: only so much of it is rained, around its heaviest hour. Chosen.
LONGEST = timedelta(days=2)
BEFORE_HEAVIEST = timedelta(days=1)
LARGEST_MM_H = 5_000.0  # ten times the heaviest minutes on record; a value above is a mistake of units


@dataclass(frozen=True, kw_only=True)
class OwnRain:
    """Rain at each gage, as depth that has fallen by a time; between two knots it falls evenly.

    Attributes:
        start: Of the model's clock, without a zone; time is counted from here.
        span: Until the last of it has fallen.
        knots_s, fallen_mm: Of each gage, rising.
        lost: Files that are named and are not there, or cannot be read.
    """

    start: datetime
    span: timedelta
    knots_s: tuple[FloatArray, ...]
    fallen_mm: tuple[FloatArray, ...]
    lost: tuple[str, ...] = ()

    @property
    def total_mm(self) -> float:
        """The most that falls at any gage."""
        return max((float(fallen[-1]) for fallen in self.fallen_mm), default=0.0)

    def mean_mm_h(self, from_s: float, to_s: float) -> FloatArray:
        """Mean intensity between two times at each gage, shape (n_gages,)."""
        fallen = [
            np.interp(to_s, knots, of) - np.interp(from_s, knots, of)
            for knots, of in zip(self.knots_s, self.fallen_mm, strict=True)
        ]
        return np.array(fallen) * (S_PER_H / (to_s - from_s))

    def heaviest_hour_s(self) -> float:
        """When the hour of most rain begins, to the nearest five minutes."""
        starts = np.arange(0.0, max(self.span.total_seconds(), 1.0), 300.0)
        sums = sum(
            np.interp(starts + HOUR_S, knots, of) - np.interp(starts, knots, of)
            for knots, of in zip(self.knots_s, self.fallen_mm, strict=True)
        )
        return float(starts[int(np.argmax(sums))])


def rain_of(inp: Inp, folder: Path) -> OwnRain:
    """What falls at the gages between the model's start and end, or the heaviest two days of it.

    Args:
        inp: The model.
        folder: Where the files lie that it names.
    """
    reader = _Reader(inp, folder)
    records = [reader.gage(row) for row in inp.rows("RAINGAGES")]
    start, length = inp.start(), inp.end() - inp.start()
    limit_s = length.total_seconds() if length > timedelta() else np.inf
    curves = [_fallen(*record, limit_s) for record in records]
    last = max((float(knots[-1]) for knots, fallen in curves if fallen[-1] > 0), default=0.0)
    whole = OwnRain(
        start=start,
        span=timedelta(seconds=last),
        knots_s=tuple(knots for knots, _ in curves),
        fallen_mm=tuple(fallen for _, fallen in curves),
        lost=tuple(dict.fromkeys(reader.lost)),
    )
    return whole if whole.span <= LONGEST else _around_heaviest(whole)


class _Reader:
    """Finds the series of each gage: times in seconds from the model's start, and values."""

    def __init__(self, inp: Inp, folder: Path) -> None:
        self._start, self._folder = inp.start(), folder
        self._series: dict[str, list[list[str]]] = {}
        for row in inp.rows("TIMESERIES"):
            self._series.setdefault(row[0].lower(), []).append(row[1:])
        self._inches = inp.options().get("FLOW_UNITS", "CFS").upper() in US
        self.lost: list[str] = []

    def gage(self, row: list[str]) -> tuple[FloatArray, FloatArray, float]:
        """Times in s, intensities in mm/h, and how long each lasts in s."""
        if len(row) < 6:
            return _nothing()
        form, interval = row[1].upper(), (span_of(row[2]) or timedelta(hours=1)).total_seconds()
        is_file = row[4].upper() == "FILE"
        points = self._of_file(row[5], row[6] if len(row) > 6 else "*") if is_file else self._of_series(row[5])
        if not points or interval <= 0:
            return _nothing()
        times, values = (np.array(of, dtype=np.float64) for of in zip(*sorted(points), strict=True))
        inches = row[7].upper().startswith("IN") if is_file and len(row) > 7 else self._inches
        intensity = _intensity(form, values, interval) * (INCH_MM if inches else 1.0)
        return times, np.clip(np.nan_to_num(intensity), 0.0, LARGEST_MM_H), interval

    def _of_series(self, name: str) -> list[tuple[float, float]]:
        rows = self._series.get(name.lower(), [])
        if rows and rows[0] and rows[0][0].upper() == "FILE" and len(rows[0]) > 1:
            rows = self._lines(rows[0][1])
        return points_of(rows, self._start)

    def _of_file(self, name: str, station: str) -> list[tuple[float, float]]:
        """The engine's own format: station, year, month, day, hour, minute, value."""
        points = []
        rows = self._lines(name)
        for row in rows:
            point = _user_point(row, station, self._start)
            if point is not None:
                points.append(point)
        if rows and not points:
            self.lost.append(name)
        return points

    def _lines(self, name: str) -> list[list[str]]:
        path = found_in(self._folder, name)
        if path is None:
            self.lost.append(name)
            return []
        return [words for line in decoded(path.read_bytes()).splitlines() if (words := words_of(line))]


def points_of(rows: Sequence[Sequence[str]], start: datetime) -> list[tuple[float, float]]:
    """Rows of a time series, `[date] time value` once or more in a row: seconds from `start`, and values.

    A time without any date before it counts from the start; a date holds until the next.
    """
    points: list[tuple[float, float]] = []
    day: datetime | None = None
    for row in rows:
        words = list(row)
        while words:
            if (date := date_of(words[0])) is not None:
                day = date
                words.pop(0)
            if len(words) < 2 or (span := span_of(words[0])) is None:
                break
            at = span if day is None else day + span - start
            try:
                points.append((at.total_seconds(), float(words[1])))
            except ValueError:
                break
            words = words[2:]
    return points


def _user_point(row: Sequence[str], station: str, start: datetime) -> tuple[float, float] | None:
    if len(row) < 7 or station not in ("*", row[0]):
        return None
    try:
        year, month, day, hour, minute = (int(word) for word in row[1:6])
        at = datetime(year, month, day) + timedelta(hours=hour, minutes=minute)  # noqa: DTZ001 - has no zone
        return (at - start).total_seconds(), float(row[6])
    except (ValueError, OverflowError):
        return None


def _intensity(form: str, values: FloatArray, interval_s: float) -> FloatArray:
    """Per hour; what is cumulative and falls begins anew."""
    if form == "INTENSITY":
        return values
    if form == "CUMULATIVE":
        steps = np.diff(values, prepend=0.0)
        values = np.where(steps < 0, values, steps)
    return values * (S_PER_H / interval_s)


def _fallen(times: FloatArray, mm_h: FloatArray, lasts_s: float, limit_s: float) -> tuple[FloatArray, FloatArray]:
    """Knots from 0 to the limit and what has fallen by each; a value holds for its interval or until the next."""
    if not times.size:
        return np.array([0.0]), np.array([0.0])
    ends = np.minimum(times + lasts_s, np.append(times[1:], np.inf))
    knots = np.column_stack([times, ends]).ravel()
    fallen = np.column_stack([np.zeros_like(times), mm_h * (ends - times) / S_PER_H]).ravel().cumsum()
    inside = np.unique(np.clip(np.append(knots, 0.0), 0.0, limit_s))
    of = np.interp(inside, knots, fallen)
    return inside, of - of[0]


def _around_heaviest(rain: OwnRain) -> OwnRain:
    first = max(rain.heaviest_hour_s() - BEFORE_HEAVIEST.total_seconds(), 0.0)
    last = min(first + LONGEST.total_seconds(), rain.span.total_seconds())
    cut = [_cut(knots, of, first, last) for knots, of in zip(rain.knots_s, rain.fallen_mm, strict=True)]
    return OwnRain(
        start=rain.start + timedelta(seconds=first),
        span=timedelta(seconds=last - first),
        knots_s=tuple(knots for knots, _ in cut),
        fallen_mm=tuple(of for _, of in cut),
        lost=rain.lost,
    )


def _cut(knots: FloatArray, fallen: FloatArray, first: float, last: float) -> tuple[FloatArray, FloatArray]:
    inside = np.unique(np.clip(np.append(knots, [first, last]), first, last))
    of = np.interp(inside, knots, fallen)
    return inside - first, of - of[0]


def _nothing() -> tuple[FloatArray, FloatArray, float]:
    return np.empty(0), np.empty(0), 1.0
