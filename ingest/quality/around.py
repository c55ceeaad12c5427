"""What was heard around the gauges that a round judges, and whose judgement a new reading around them can change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind
from floodcore.domain.upkeep import Span, united
from floodcore.store.database import Connection, fetch_all
from floodcore.store.judgements import Columns, readings_in
from floodcore.store.statements import statements
from ingest.quality.computing import index_in
from ingest.quality.reach import Reach
from ingest.quality.series import GAP_S, ROAD_LIKE, Series
from ingest.quality.subject import Subjects
from ingest.quality.surroundings import RAIN_BACK_S, WET_M, Surroundings
from ingest.quality.verdict import Verdict

SQL = statements("quality", "ingest")
RAIN_M = 5_000  # a cell of summer rain is a few kilometres wide
NEAR_M = 500  # farther away the ground lies otherwise
NEAREST = 4  # so many are asked about a gauge; whom a reading touches is asked within the whole radius
RAIN_BACK = timedelta(seconds=RAIN_BACK_S)
HEARD_FOR = timedelta(seconds=GAP_S)
BY_ITSELF = Flag.RANGE | Flag.MAINTENANCE | Flag.HELD_BAD  # what makes a reading no evidence; no neighbour decides it


@dataclass(frozen=True, slots=True)
class Pair:
    """A sensor, and another one around it; `beside`: at the same site."""

    sensor_id: int
    other_id: int
    beside: bool


async def touched(connection: Connection, subjects: Subjects, reaches: Collection[Reach]) -> list[Span]:
    """Gauges over roads that may be judged otherwise because of what changed around them, and when."""
    rain, levels = [], []
    for reach in reaches:
        judged, changed = reach.judged, reach.changed
        if subjects.by_id[changed.sensor_id].quantity is Quantity.RAIN:
            rain.append(replace(judged, latest=judged.latest + RAIN_BACK))
        elif _is_road(subjects, changed.sensor_id):
            levels.append(replace(changed, latest=changed.latest + HEARD_FOR))
    by_rain = await _touched(connection, rain, RAIN_M, all_beside=False)
    return [*by_rain, *await _touched(connection, levels, NEAR_M, all_beside=True)]


async def surroundings(
    connection: Connection,
    subjects: Subjects,
    reaches: Mapping[int, Reach],
    own: Mapping[int, Verdict],
    *,
    of_all: bool = False,
) -> dict[int, Surroundings]:
    """What was heard around those gauges over roads for which it matters; the others are missing.

    Args:
        connection: A transaction.
        subjects: What is judged.
        reaches: How far each was read.
        own: The readings of this round by themselves; they stand for what the memory has of them.
        of_all: Whether it matters for dry gauges too.
    """
    roads = [sensor_id for sensor_id in own if _is_road(subjects, sensor_id)]
    wet = {sensor_id for sensor_id in roads if of_all or (own[sensor_id].series.value >= WET_M).any()}
    levels = await _around(connection, roads, Quantity.LEVEL, ROAD_LIKE, NEAR_M)
    levels = [pair for pair in levels if pair.beside or pair.sensor_id in wet]
    rain = await _around(connection, wet, Quantity.RAIN, SiteKind, RAIN_M)
    asked = [_before(reaches[pair.sensor_id], pair, RAIN_BACK) for pair in rain]
    asked += [_before(reaches[pair.sensor_id], pair, HEARD_FOR) for pair in levels]
    heard = await _heard(connection, asked, own)
    around: dict[int, Surroundings] = defaultdict(Surroundings)
    for pair in rain:
        known = around[pair.sensor_id]
        around[pair.sensor_id] = replace(known, rain=(*known.rain, *heard.get(pair.other_id, ())))
    for pair in levels:
        known, new = around[pair.sensor_id], heard.get(pair.other_id, ())
        around[pair.sensor_id] = (
            replace(known, beside=(*known.beside, *new)) if pair.beside else replace(known, near=(*known.near, *new))
        )
    return around


def _is_road(subjects: Subjects, sensor_id: int) -> bool:
    subject = subjects.by_id[sensor_id]
    return subject.quantity is Quantity.LEVEL and subject.kind in ROAD_LIKE


def _before(reach: Reach, pair: Pair, back: timedelta) -> Span:
    return Span(sensor_id=pair.other_id, earliest=reach.read.earliest - back, latest=reach.read.latest)


async def _heard(connection: Connection, spans: Iterable[Span], own: Mapping[int, Verdict]) -> dict[int, tuple[Series]]:
    """What sensors said that can be used by itself, as the room uses it; a sensor without any reading is missing."""
    columns = await readings_in(connection, united(spans))
    return {sensor_id: (_evidence(rows, own.get(sensor_id)),) for sensor_id, rows in columns.by_sensor().items()}


def _evidence(rows: Columns, own: Verdict | None) -> Series:
    at_s = rows.observed_us / 1e6
    value, flags = np.where(np.isnan(rows.adjusted), rows.value, rows.adjusted), rows.flags.astype(np.int64)
    if own is not None:
        place = index_in(at_s, own.series.at_s)
        value[place >= 0] = own.series.value[place[place >= 0]]
        flags[place >= 0] = own.flags[place[place >= 0]]
    usable = (flags & BY_ITSELF == 0) | (flags & Flag.HELD_GOOD != 0)
    return Series(quantity=Quantity.LEVEL, kind=SiteKind.ROAD, at_s=at_s[usable], value=value[usable])


async def _around(
    connection: Connection, sensor_ids: Collection[int], quantity: Quantity, kinds: Iterable[SiteKind], radius_m: float
) -> list[Pair]:
    if not sensor_ids:
        return []
    asked = {
        "sensor_ids": sorted(sensor_ids),
        "quantity": str(quantity),
        "kinds": [str(kind) for kind in kinds],
        "radius_m": radius_m,
        "nearest": NEAREST,
    }
    return [Pair(**row) for row in await fetch_all(connection, SQL["around"], asked)]


async def _touched(connection: Connection, spans: list[Span], radius_m: float, *, all_beside: bool) -> list[Span]:
    if not spans:
        return []
    told = {
        "sensor_ids": [span.sensor_id for span in spans],
        "froms": [span.earliest for span in spans],
        "tos": [span.latest for span in spans],
        "earliest": min(span.earliest for span in spans),
        "last": max(span.latest for span in spans),
        "kinds": [str(kind) for kind in ROAD_LIKE],
        "radius_m": radius_m,
        "all_beside": all_beside,
        "wet_m": WET_M,
    }
    return [Span(**row) for row in await fetch_all(connection, SQL["touched"], told)]
