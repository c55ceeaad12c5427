"""A look back over the last nights and weeks, once a night: zeros that wandered, and gauges with something before them.

What it finds holds from the end of the night on. The past is not judged anew: nobody knows on which day the post began
to lean. What was observed since is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import SiteKind
from floodcore.domain.upkeep import Mount, Span, mount_at
from floodcore.register.revision import Change
from floodcore.register.validity import joined, reheighted
from floodcore.store import register_book, upkeep_spans
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.judgements import MICROSECOND, Columns, readings_in
from floodcore.store.mounts import mounts_of
from floodcore.store.statements import statements
from ingest.quality.around import surroundings
from ingest.quality.obstruction import figures, shipped_rule
from ingest.quality.reach import Reach
from ingest.quality.series import ROAD_LIKE, Series
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


async def look_back(database: Database, ends: datetime, now: datetime) -> None:
    """Look once at a night, and at those before it. The same look again changes nothing.

    Args:
        database: The memory.
        ends: When the night ended: the three hours before it are its stillest.
        now: The room's time, then or later.

    Raises:
        DatabaseUnavailable: Some gauges may have been looked at; the same call again is safe.
    """
    async with database.connection() as connection:
        rows = await fetch_all(connection, SQL["ultrasonic"], {"kinds": [*map(str, ROAD_LIKE)], "ends": ends})
        rivers = await fetch_all(connection, SQL["river_gauges"], {"kinds": [*map(str, FLOWING)]})
    gauges = [subject(row).sensor_id for row in rows]
    for first in range(0, len(gauges), TOGETHER):
        await _look_at_zeros(database, gauges[first : first + TOGETHER], ends, now)
    for row in rivers:
        await _look_before_head(database, row["sensor_id"], ends, now)


async def _look_at_zeros(database: Database, sensor_ids: Sequence[int], ends: datetime, now: datetime) -> None:
    async with database.connection() as connection:
        subjects = await subjects_of(connection, sensor_ids)
        nights = [await _night(connection, subjects, sensor_ids, ends - back * DAY) for back in range(NIGHTS)]
    for sensor_id in sensor_ids:
        device_id = subjects.by_id[sensor_id].device_id
        mounts = subjects.mounts.get(device_id, ())
        zero = zero_of(
            [_by_last_mount(night.get(sensor_id), mounts, ends - back * DAY, ends) for back, night in enumerate(nights)]
        )
        if zero is None:
            continue
        if zero.is_drift:
            await _hang_anew(database, device_id, zero, ends, now)
        is_far = zero.is_off and not zero.is_drift
        detail = f"three dry nights at {zero.level_m:+.3f} m, more than the {MOST_M:.2f} m of a drift"
        async with database.connection() as connection:
            await _keep_finding(connection, sensor_id, Flag.DRIFT, detail if is_far else None, ends, now)


async def _night(
    connection: Connection, subjects: Subjects, sensor_ids: Sequence[int], ends: datetime
) -> dict[int, float | None]:
    """The level of a night by sensor, None where it says nothing; a sensor that was not heard is missing."""
    last = ends - MICROSECOND  # at its very end the head may hang anew
    spans = {sensor_id: Span(sensor_id=sensor_id, earliest=ends - NIGHT, latest=last) for sensor_id in sensor_ids}
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


def _by_last_mount(level_m: float | None, mounts: Sequence[Mount], ended: datetime, ends: datetime) -> float | None:
    """The level of an earlier night by the height that holds in the last one: else a zero is put right twice."""
    then, last = (mount_at(mounts, night - MICROSECOND) for night in (ended, ends))
    if level_m is None or then is None or last is None or then.height_m is None or last.height_m is None:
        return None
    return level_m + last.height_m - then.height_m


def _used(rows: Columns, subjects: Subjects, sensor_id: int) -> Series:
    """What follows from the distance: of a level that the device tells itself no mount is the zero."""
    one = subjects.by_id[sensor_id]
    usable = rows.at((rows.quality != Quality.BAD) & (rows.flags & Flag.DERIVED != 0))
    level_m = np.where(np.isnan(usable.adjusted), usable.value, usable.adjusted)
    return Series(quantity=one.quantity, kind=one.kind, at_s=usable.observed_us / 1e6, value=level_m)


async def _hang_anew(database: Database, device_id: str, zero: Zero, ends: datetime, now: datetime) -> None:
    """A mount that puts the zero where the dry nights have it, until the next one begins."""
    async with journalled(database) as connection:
        held = (await mounts_of(connection, [device_id])).get(device_id, ())
        last = mount_at(held, ends - MICROSECOND)
        if last is None or last.height_m is None or any(mount.valid_from == ends for mount in held):
            return  # it has been hung anew already
        height_m = round(last.height_m - zero.level_m, 3)
        hung = joined(held, replace(last, height_m=height_m, valid_from=ends, source=SOURCE))
        before = {mount.valid_from: mount for mount in held}
        changes = [Change(before=before.get(mount.valid_from), after=mount) for mount in hung if mount not in held]
        await register_book.write(connection, changes, actor=ACTOR, now=now)
        if since := reheighted(held, hung):
            spans = {device_id: since}
            await upkeep_spans.note_devices(connection, spans, now=now, quantity=Quantity.DISTANCE)


async def _look_before_head(database: Database, sensor_id: int, ends: datetime, now: datetime) -> None:
    async with database.connection() as connection:
        rows = await readings_in(connection, [Span(sensor_id=sensor_id, earliest=ends - WEEKS, latest=ends)])
        told = figures(rows.observed_us / 1e6, np.where(np.isnan(rows.adjusted), rows.value, rows.adjusted))
        if told is not None:
            likely = shipped_rule().probability(told)
            detail = f"something before the head with {likely:.0%}: {told}"
            is_obstructed = shipped_rule().is_obstructed(told)
            await _keep_finding(connection, sensor_id, Flag.OBSTRUCTED, detail if is_obstructed else None, ends, now)


async def _keep_finding(
    connection: Connection, sensor_id: int, flag: Flag, detail: str | None, ends: datetime, now: datetime
) -> None:
    """Open a finding, or let it stand; None ends it. What was observed since is judged anew."""
    told = {"sensor_id": sensor_id, "flag": int(flag), "ends": ends, "detail": detail}
    found = await connection.execute(SQL["end_finding" if detail is None else "find"], told)
    if found.rowcount:
        await upkeep_spans.note_sensor(connection, sensor_id, ends, now, now=now)
