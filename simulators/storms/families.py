"""Seeded families of storms: moving cells, fronts of even rain, and typhoons. All are constructed."""

from datetime import datetime, timedelta

import numpy as np

from simulators.area import Area
from simulators.storms.cells import Cells, Frame
from simulators.storms.storm import Label
from simulators.storms.typhoon import Bands, typhoon

WIDE_M = 60_000.0  # a larger area is rained on by larger and faster cells, so that they meet it at all: our choice
KINDS = ("cells", "training", "multicell", "stratiform", "typhoon")
TITLES = {
    "cells": ("孤立对流（构造）", "isolated cells (constructed)"),
    "training": ("列车效应（构造）", "training cells (constructed)"),
    "multicell": ("多单体对流（构造）", "multi-cell storm (constructed)"),
    "stratiform": ("层状云降雨（构造）", "stratiform rain (constructed)"),
    "typhoon": ("台风雨带（构造）", "typhoon bands (constructed)"),
}
SOURCE = "constructed: drawn at random within guessed sizes and strengths, no storm that was"


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
        return typhoon(label, start, frame, rng, hours, strength)
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
