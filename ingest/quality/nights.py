"""A look back over the last nights and weeks, once a night: zeros that wandered, and gauges with something before them.

What it finds holds from then on. The past is not judged anew: nobody knows on which day the post began to lean.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quality
from floodcore.domain.site import SiteKind
from floodcore.domain.upkeep import Span
from floodcore.store import journal
from floodcore.store.database import Connection, Database, fetch_all, fetch_one
from floodcore.store.journal import Entry, journalled
from floodcore.store.judgements import Columns, readings_in
from floodcore.store.statements import statements
from ingest.quality.around import surroundings
from ingest.quality.obstruction import figures, shipped_rule
from ingest.quality.reach import Reach
from ingest.quality.series import ROAD_LIKE, FloatArray, Series
from ingest.quality.subject import Subjects, subject, subjects_of
from ingest.quality.verdict import Verdict
from ingest.quality.zero import MOST_M, NIGHT_S, NIGHTS, Zero, night_level_m, zero_of

SQL = statements("nights", "ingest")
ACTOR = "service:upkeep"
SOURCE = "computed from dry nights"
DAY = timedelta(days=1)
NIGHT = timedelta(seconds=NIGHT_S)
WEEKS = timedelta(days=60)  # as the rule was made
FLOWING = (SiteKind.RIVER, SiteKind.WELL)
TOGETHER = 200  # gauges whose nights are read at once


async def look_back(database: Database, now: datetime) -> None:
    """Look once, at the end of a night: the three hours before `now` are its stillest.

    Raises:
        DatabaseUnavailable: Some gauges may have been looked at; the same call again is safe.
    """
    async with database.connection() as connection:
        rows = await fetch_all(connection, SQL["ultrasonic"], {"kinds": [*map(str, ROAD_LIKE)], "now": now})
        rivers = await fetch_all(connection, SQL["river_gauges"], {"kinds": [*map(str, FLOWING)]})
    gauges = [subject(row).sensor_id for row in rows]
    for first in range(0, len(gauges), TOGETHER):
        await _look_at_zeros(database, gauges[first : first + TOGETHER], now)
    for row in rivers:
        await _look_before_head(database, row["sensor_id"], now)


async def _look_at_zeros(database: Database, sensor_ids: Sequence[int], now: datetime) -> None:
    async with database.connection() as connection:
        subjects = await subjects_of(connection, sensor_ids)
        nights = [await _night(connection, subjects, sensor_ids, now - back * DAY) for back in range(NIGHTS)]
    for sensor_id in sensor_ids:
        zero = zero_of([night.get(sensor_id) for night in nights])
        if zero is None:
            continue
        async with journalled(database) as connection:
            if zero.is_drift:
                await _hang_anew(connection, subjects.by_id[sensor_id].device_id, zero, now)
            is_far = zero.is_off and not zero.is_drift
            detail = f"three dry nights at {zero.level_m:+.3f} m, more than the {MOST_M:.2f} m of a drift"
            await _keep_finding(connection, sensor_id, Flag.DRIFT, detail if is_far else None, now)


async def _night(
    connection: Connection, subjects: Subjects, sensor_ids: Sequence[int], ends: datetime
) -> dict[int, float | None]:
    """The level of a night by sensor, None where it says nothing; a sensor that was not heard is missing."""
    spans = {sensor_id: Span(sensor_id=sensor_id, earliest=ends - NIGHT, latest=ends) for sensor_id in sensor_ids}
    heard = {
        sensor_id: _used(rows, subjects, sensor_id)
        for sensor_id, rows in (await readings_in(connection, list(spans.values()))).by_sensor().items()
    }
    own = {sensor_id: Verdict(series=level, flags=np.zeros(len(level), np.int64)) for sensor_id, level in heard.items()}
    around = await surroundings(
        connection, subjects, {sensor_id: Reach(span) for sensor_id, span in spans.items()}, own, of_all=True
    )
    return {
        sensor_id: night_level_m(level, sensor_id in around and bool(around[sensor_id].is_dry(level.at_s).all()))
        for sensor_id, level in heard.items()
    }


def _used(rows: Columns, subjects: Subjects, sensor_id: int) -> Series:
    one = subjects.by_id[sensor_id]
    at_s, level_m = _usable(rows)
    return Series(quantity=one.quantity, kind=one.kind, at_s=at_s, value=level_m)


def _usable(rows: Columns) -> tuple[FloatArray, FloatArray]:
    usable = rows.at(rows.quality != Quality.BAD)
    return usable.observed_us / 1e6, np.where(np.isnan(usable.adjusted), usable.value, usable.adjusted)


async def _hang_anew(connection: Connection, device_id: str, zero: Zero, now: datetime) -> None:
    """A mount that puts the zero where the dry nights have it, from now on; the journal keeps the one before."""
    before = await fetch_one(connection, SQL["mount_now"], {"device_id": device_id, "now": now})
    if before is None or before["height_m"] is None:
        return
    height_m = round(before["height_m"] - zero.level_m, 3)
    after = {**before, "height_m": height_m, "valid_from": now, "source": SOURCE}
    await connection.execute(SQL["end_mount"], {**before, "now": now})
    await connection.execute(SQL["add_mount"], after)
    entry = Entry(
        kind="mount.computed", entity="mount", entity_id=device_id, before=before, after=after, actor=ACTOR, at=now
    )
    await journal.write(connection, entry)


async def _look_before_head(database: Database, sensor_id: int, now: datetime) -> None:
    async with database.connection() as connection:
        rows = await readings_in(connection, [Span(sensor_id=sensor_id, earliest=now - WEEKS, latest=now)])
        told = figures(rows.observed_us / 1e6, np.where(np.isnan(rows.adjusted), rows.value, rows.adjusted))
        if told is not None:
            likely = shipped_rule().probability(told)
            detail = f"something before the head with {likely:.0%}: {told}"
            is_obstructed = shipped_rule().is_obstructed(told)
            await _keep_finding(connection, sensor_id, Flag.OBSTRUCTED, detail if is_obstructed else None, now)


async def _keep_finding(connection: Connection, sensor_id: int, flag: Flag, detail: str | None, now: datetime) -> None:
    """Open a finding, or let it stand; None ends it."""
    told = {"sensor_id": sensor_id, "flag": int(flag), "now": now, "detail": detail}
    await connection.execute(SQL["end_finding" if detail is None else "find"], told)
