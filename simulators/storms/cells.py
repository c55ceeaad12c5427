"""Seeded families of rain: moving cells, fronts of even rain, and the bands of a typhoon. All are constructed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.area import Area
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
M_PER_DEGREE = 111_195.0
WIDE_M = 60_000.0  # a larger area is rained on by larger and faster cells, so that they meet it at all: our choice


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Metres east and north of an area's middle."""

    lon: float
    lat: float
    width_m: float
    height_m: float

    @classmethod
    def of(cls, area: Area, least_m: float = 8_000.0) -> "Frame":
        """An area's; a point-like one counts as a small town."""
        lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
        width = (area.east - area.west) * M_PER_DEGREE * np.cos(np.radians(lat))
        height = (area.north - area.south) * M_PER_DEGREE
        return cls(lon=lon, lat=lat, width_m=max(float(width), least_m), height_m=max(height, least_m))

    def metres(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where places are, shape (n,) each."""
        east = (lon - self.lon) * M_PER_DEGREE * np.cos(np.radians(self.lat))
        return east, (lat - self.lat) * M_PER_DEGREE


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Gaussian cells that are born, grow, move and die; arrays have one entry a cell.

    Attributes:
        born_min, life_min: From the storm's start.
        east_m, north_m: Where each is born.
        east_m_s, north_m_s: How it moves.
        radius_m: Standard deviation of its rain.
        peak_mm_h: In its middle at half its life; it grows and decays by a sine.
        base_mm_h: Even rain between `start` and `end`, beside the cells.
    """

    label: Label
    start: datetime
    end: datetime
    frame: Frame
    born_min: FloatArray
    life_min: FloatArray
    east_m: FloatArray
    north_m: FloatArray
    east_m_s: FloatArray
    north_m_s: FloatArray
    radius_m: FloatArray
    peak_mm_h: FloatArray
    base_mm_h: float = 0.0

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """The sum of the cells that live, in the middle of the minute."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        minute = (at - self.start).total_seconds() / 60 + 0.5
        age = minute - self.born_min
        lives = np.flatnonzero((age > 0) & (age < self.life_min))
        whole = np.full(
            len(lon), self.base_mm_h * np.sin(np.pi * minute / ((self.end - self.start).total_seconds() / 60))
        )
        if not lives.size:
            even: FloatArray = np.maximum(whole, 0.0)
            return even
        age = age[lives]
        strength = self.peak_mm_h[lives] * np.sin(np.pi * age / self.life_min[lives])
        east, north = self.frame.metres(lon, lat)
        off_east = east[:, None] - (self.east_m[lives] + self.east_m_s[lives] * age * 60)
        off_north = north[:, None] - (self.north_m[lives] + self.north_m_s[lives] * age * 60)
        spread = np.exp(-(off_east**2 + off_north**2) / (2 * self.radius_m[lives] ** 2))
        mm_h: FloatArray = np.maximum(whole + spread @ strength, 0.0)
        return mm_h


@dataclass(frozen=True, kw_only=True)
class Bands:
    """A typhoon's spiral bands that turn around a moving eye."""

    label: Label
    start: datetime
    end: datetime
    frame: Frame
    east_m: float
    north_m: float
    east_m_s: float
    north_m_s: float
    n_bands: int
    turns_per_h: float
    pitch_m: float
    peak_mm_h: float
    reach_m: float

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Strong where a band passes, weaker with the distance from the eye; it comes and goes by a sine."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        seconds = (at - self.start).total_seconds() + 30
        east, north = self.frame.metres(lon, lat)
        east = east - self.east_m - self.east_m_s * seconds
        north = north - self.north_m - self.north_m_s * seconds
        away = np.hypot(east, north)
        angle = (
            np.arctan2(north, east) - 2 * np.pi * self.turns_per_h * seconds / 3600 - 2 * np.pi * away / self.pitch_m
        )
        band = (0.5 + 0.5 * np.cos(self.n_bands * angle)) ** 2
        swell = np.sin(np.pi * seconds / (self.end - self.start).total_seconds())
        mm_h: FloatArray = np.maximum(self.peak_mm_h * swell * (0.15 + 0.85 * band) * np.exp(-away / self.reach_m), 0.0)
        return mm_h


KINDS = ("cells", "training", "multicell", "stratiform", "typhoon")
TITLES = {
    "cells": ("孤立对流（构造）", "isolated cells (constructed)"),
    "training": ("列车效应（构造）", "training cells (constructed)"),
    "multicell": ("多单体对流（构造）", "multi-cell storm (constructed)"),
    "stratiform": ("层状云降雨（构造）", "stratiform rain (constructed)"),
    "typhoon": ("台风雨带（构造）", "typhoon bands (constructed)"),
}
SOURCE = "constructed: sums of moving cells with random birth and strength, no storm that was"


def family(
    kind: str,
    name: str,
    start: datetime,
    area: Area,
    rng: np.random.Generator,
    hours: float = 6.0,
    strength: float = 1.0,
) -> Cells | Bands:
    """A storm of a family.

    Args:
        kind: One of KINDS.
        name: As it is called.
        start: Aware.
        area: Which it passes over.
        rng: Decides all else.
        hours: How long it rains.
        strength: All intensities are multiplied by it.
    """
    frame = Frame.of(area)
    zh, en = TITLES[kind]
    label = Label(name=name, title=zh, title_en=en, constructed=True, source=SOURCE)
    if kind == "typhoon":
        return _bands(label, start, frame, rng, hours, strength)
    n, radius, peak, speed, base = {
        "cells": (int(rng.integers(3, 9)), 3_000.0, 45.0, (2.0, 8.0), 0.0),
        "multicell": (int(rng.integers(12, 28)), 3_500.0, 40.0, (4.0, 12.0), 1.0),
        "training": (int(rng.integers(10, 20)), 3_500.0, 40.0, (5.0, 12.0), 2.0),
        "stratiform": (int(rng.integers(5, 10)), 15_000.0, 4.0, (6.0, 12.0), 3.0),
    }[kind]
    lasts = hours * 60
    heading, pace = rng.uniform(0, 2 * np.pi), rng.uniform(*speed)
    turn = rng.normal(0, 0.15, n)
    wide = max(1.0, frame.width_m / WIDE_M, frame.height_m / WIDE_M)
    fast = wide * pace * rng.lognormal(0, 0.15, n)
    life = rng.uniform(30, 90, n) * (3.0 if kind == "stratiform" else 1.0)
    east_s, north_s = fast * np.cos(heading + turn), fast * np.sin(heading + turn)
    east, north = rng.uniform(-0.5, 0.5, n) * frame.width_m, rng.uniform(-0.5, 0.5, n) * frame.height_m
    if kind == "training":  # one behind the other over the same line
        across = rng.uniform(-0.25, 0.25) * min(frame.width_m, frame.height_m) + rng.normal(0, 1_500.0, n)
        east, north = -across * np.sin(heading), across * np.cos(heading)
    half = life * 60 / 2  # it is over its place at half its life
    return Cells(
        label=label,
        start=start,
        end=start + timedelta(hours=hours),
        frame=frame,
        born_min=rng.uniform(0, np.maximum(lasts - life, 1.0), n),
        life_min=life,
        east_m=east - east_s * half,
        north_m=north - north_s * half,
        east_m_s=east_s,
        north_m_s=north_s,
        radius_m=wide * radius * rng.lognormal(0, 0.25, n),
        peak_mm_h=strength * peak * rng.lognormal(0, 0.5, n),
        base_mm_h=strength * base * rng.lognormal(0, 0.5),
    )


def _bands(
    label: Label, start: datetime, frame: Frame, rng: np.random.Generator, hours: float, strength: float
) -> Bands:
    heading, away = rng.uniform(0, 2 * np.pi), rng.uniform(20_000.0, 90_000.0)
    pace = rng.uniform(3.0, 7.0)
    way = pace * hours * 3600 / 2
    return Bands(
        label=label,
        start=start,
        end=start + timedelta(hours=hours),
        frame=frame,
        east_m=float(-way * np.cos(heading) - away * np.sin(heading)),
        north_m=float(-way * np.sin(heading) + away * np.cos(heading)),
        east_m_s=float(pace * np.cos(heading)),
        north_m_s=float(pace * np.sin(heading)),
        n_bands=int(rng.integers(2, 5)),
        turns_per_h=float(rng.uniform(0.1, 0.3)),
        pitch_m=float(rng.uniform(60_000.0, 120_000.0)),
        peak_mm_h=float(strength * 60.0 * rng.lognormal(0, 0.4)),
        reach_m=float(rng.uniform(60_000.0, 150_000.0)),
    )
