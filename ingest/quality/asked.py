"""What a round of judging is about: the spans asked for, their kin, and how far to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Span, united
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements
from ingest.quality.around import touched
from ingest.quality.reach import Reach
from ingest.quality.subject import SOURCE_OF, Subjects, subjects_of

SQL = statements("quality", "ingest")


async def asked_for(connection: Connection, spans: Sequence[Span]) -> tuple[Subjects, list[Span], dict[int, Reach]]:
    """The sensors of these spans with all that they touch; sensors that nobody knows are passed over.

    What is computed from a sensor is judged where the sensor is, and the other way round. A sensor for computed values
    is added to the register where it is missing.

    Returns:
        The sensors, the spans in which they changed, and the reach of each, gauges around them included.
    """
    wanted = {span.sensor_id: span for span in united(spans)}
    subjects = await subjects_of(connection, wanted)
    if await _add_computed(connection, subjects):
        subjects = await subjects_of(connection, wanted)
    known = [span for sensor_id, span in wanted.items() if sensor_id in subjects.by_id]
    known = await _up_to_next_total(connection, subjects, known)
    told = united([*known, *_kin(subjects, known)])
    spread = united([*told, *await touched(connection, subjects, [Reach(span) for span in told])])
    if any(span.sensor_id not in subjects.by_id for span in spread):
        subjects = await subjects_of(connection, [span.sensor_id for span in spread])
    reaches = {span.sensor_id: Reach(span) for span in united([*spread, *_kin(subjects, spread)])}
    return subjects, told, reaches | await _from_total_before(connection, subjects, reaches)


async def _add_computed(connection: Connection, subjects: Subjects) -> bool:
    lacking = [
        (subject.sensor_id, str(computed))
        for computed, source in SOURCE_OF.items()
        for subject in subjects.of({source})
        if (subject.device_id, computed) not in subjects.by_role
        and (source is Quantity.RAIN_TOTAL or _has_height(subjects, subject.device_id))
    ]
    if lacking:
        asked = {"sensor_ids": [sensor_id for sensor_id, _ in lacking], "computed": [name for _, name in lacking]}
        await connection.execute(SQL["add_computed"], asked)
    return bool(lacking)


def _has_height(subjects: Subjects, device_id: str) -> bool:
    return any(mount.height_m is not None for mount in subjects.mounts.get(device_id, ()))


def _kin(subjects: Subjects, spans: Iterable[Span]) -> Iterable[Span]:
    for span in spans:
        subject = subjects.by_id[span.sensor_id]
        for computed, source in SOURCE_OF.items():
            if subject.quantity in (computed, source):
                for quantity in (computed, source):
                    if other := subjects.by_role.get((subject.device_id, quantity)):
                        yield replace(span, sensor_id=other.sensor_id)


async def _up_to_next_total(connection: Connection, subjects: Subjects, spans: Sequence[Span]) -> list[Span]:
    after = await _totals(connection, subjects, "next_total", {span.sensor_id: span.latest for span in spans})
    return [replace(span, latest=after.get(span.sensor_id, span.latest)) for span in spans]


async def _from_total_before(
    connection: Connection, subjects: Subjects, reaches: Mapping[int, Reach]
) -> dict[int, Reach]:
    starts = {sensor_id: reach.read.earliest for sensor_id, reach in reaches.items()}
    before = await _totals(connection, subjects, "total_before", starts)
    return {sensor_id: replace(reaches[sensor_id], since=since) for sensor_id, since in before.items()}


async def _totals(
    connection: Connection, subjects: Subjects, statement: str, moments: Mapping[int, datetime]
) -> dict[int, datetime]:
    counters = [one.sensor_id for one in subjects.of({Quantity.RAIN_TOTAL}) if one.sensor_id in moments]
    if not counters:
        return {}
    asked = {"sensor_ids": counters, "moments": [moments[sensor_id] for sensor_id in counters]}
    rows = await fetch_all(connection, SQL[statement], asked)
    return {row["sensor_id"]: row["observed_at"] for row in rows if row["observed_at"]}
