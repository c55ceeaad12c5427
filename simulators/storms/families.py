"""Families of storms: chance draws one of a kind. All are constructed, and their numbers are our choice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from simulators.area import Area
from simulators.storms.cells import Cells
from simulators.storms.frame import Frame
from simulators.storms.storm import Label
from simulators.storms.typhoon import Bands

# A storm is larger than a district: cells are born over so much around it at least, and pass a small area by as often
# as they would a quarter of a city.
LEAST_M = 30_000.0
WIDE_M = 60_000.0  # a larger area is rained on by larger and faster cells, so that they meet it at all


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kind of cells is like; a pair is the least and the most.

    Attributes:
        number: How many cells there are.
        radius_m, peak_mm_h: Of one, in the middle of its lognormal spread.
        speed_m_s: At which all of them move.
        life_min: From birth to death.
        base_mm_h: Even rain beside them, in the middle of its lognormal spread.
        is_train: They follow each other over one line.
    """

    title: str
    title_en: str
    number: tuple[int, int]
    radius_m: float
    peak_mm_h: float
    speed_m_s: tuple[float, float]
    life_min: tuple[float, float] = (30.0, 90.0)
    base_mm_h: float = 0.0
    is_train: bool = False


TYPHOON = "typhoon"
OF_CELLS = {
    "cells": Kind(
        title="孤立对流（构造）",
        title_en="isolated cells (constructed)",
        number=(3, 8),
        radius_m=3_000.0,
        peak_mm_h=45.0,
        speed_m_s=(2.0, 8.0),
    ),
    "training": Kind(
        title="列车效应（构造）",
        title_en="training cells (constructed)",
        number=(10, 19),
        radius_m=3_500.0,
        peak_mm_h=40.0,
        speed_m_s=(5.0, 12.0),
        base_mm_h=2.0,
        is_train=True,
    ),
    "multicell": Kind(
        title="多单体对流（构造）",
        title_en="multi-cell storm (constructed)",
        number=(12, 27),
        radius_m=3_500.0,
        peak_mm_h=40.0,
        speed_m_s=(4.0, 12.0),
        base_mm_h=1.0,
    ),
    "stratiform": Kind(
        title="层状云降雨（构造）",
        title_en="stratiform rain (constructed)",
        number=(5, 9),
        radius_m=15_000.0,
        peak_mm_h=4.0,
        speed_m_s=(6.0, 12.0),
        life_min=(90.0, 270.0),
        base_mm_h=3.0,
    ),
}
KINDS = (*OF_CELLS, TYPHOON)


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
        area: Which it passes over, or at times by.
        rng: Decides all else.
        hours: How long it lasts.
        strength: All intensities are multiplied by it.
    """
    end = start + timedelta(hours=hours)
    if kind == TYPHOON:
        return _bands(name, start, end, area, rng, strength)
    return _cells(OF_CELLS[kind], name, start, end, area, rng, strength)


def _cells(
    kind: Kind, name: str, start: datetime, end: datetime, area: Area, rng: np.random.Generator, strength: float
) -> Cells:
    frame = Frame.of(area)
    width, height = (max(size, LEAST_M) for size in frame.size_m(area))
    wide = max(1.0, width / WIDE_M, height / WIDE_M)
    n = int(rng.integers(*kind.number, endpoint=True))
    heading = rng.uniform(0, 2 * np.pi)
    pace = wide * rng.uniform(*kind.speed_m_s) * rng.lognormal(0, 0.15, n)
    course = heading + rng.normal(0, 0.15, n)
    east_m_s, north_m_s = pace * np.cos(course), pace * np.sin(course)
    life = rng.uniform(*kind.life_min, n)
    if kind.is_train:
        across = rng.uniform(-0.25, 0.25) * min(width, height) + rng.normal(0, 1_500.0, n)
        east, north = -across * np.sin(heading), across * np.cos(heading)
    else:
        east, north = rng.uniform(-0.5, 0.5, n) * width, rng.uniform(-0.5, 0.5, n) * height
    half_s = life * 60 / 2  # it is over its place at half its life
    return Cells(
        label=_label(name, kind.title, kind.title_en, "sums of moving cells"),
        start=start,
        end=end,
        frame=frame,
        born_min=rng.uniform(0, np.maximum((end - start).total_seconds() / 60 - life, 1.0), n),
        life_min=life,
        east_m=east - east_m_s * half_s,
        north_m=north - north_m_s * half_s,
        east_m_s=east_m_s,
        north_m_s=north_m_s,
        radius_m=wide * kind.radius_m * rng.lognormal(0, 0.25, n),
        peak_mm_h=strength * kind.peak_mm_h * rng.lognormal(0, 0.5, n),
        base_mm_h=strength * kind.base_mm_h * rng.lognormal(0, 0.5),
    )


def _bands(name: str, start: datetime, end: datetime, area: Area, rng: np.random.Generator, strength: float) -> Bands:
    """Its eye passes the area's middle at some distance, at half the storm."""
    heading, away = rng.uniform(0, 2 * np.pi), rng.uniform(20_000.0, 90_000.0)
    pace = rng.uniform(3.0, 7.0)
    half_way = pace * (end - start).total_seconds() / 2
    return Bands(
        label=_label(name, "台风雨带（构造）", "typhoon bands (constructed)", "spiral bands around a moving eye"),
        start=start,
        end=end,
        frame=Frame.of(area),
        east_m=float(-half_way * np.cos(heading) - away * np.sin(heading)),
        north_m=float(-half_way * np.sin(heading) + away * np.cos(heading)),
        east_m_s=float(pace * np.cos(heading)),
        north_m_s=float(pace * np.sin(heading)),
        n_bands=int(rng.integers(2, 4, endpoint=True)),
        turns_per_h=float(rng.uniform(0.1, 0.3)),
        pitch_m=float(rng.uniform(60_000.0, 120_000.0)),
        peak_mm_h=float(strength * 60.0 * rng.lognormal(0, 0.4)),
        reach_m=float(rng.uniform(60_000.0, 150_000.0)),
    )


def _label(name: str, title: str, title_en: str, made_of: str) -> Label:
    source = f"constructed: {made_of}, drawn by chance; no storm that was"
    return Label(name=name, title=title, title_en=title_en, constructed=True, source=source)
