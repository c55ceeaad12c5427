"""What is new is judged, with all that it makes look different; in the transaction of whoever asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from floodcore.domain.reading import Reading
from floodcore.domain.upkeep import Span, united
from floodcore.store.database import Connection
from floodcore.store.judgements import Columns, put_judgements, readings_in
from floodcore.store.readings import store_readings
from floodcore.store.statements import statements
from ingest.quality.around import surroundings
from ingest.quality.asked import asked_for
from ingest.quality.computing import Computed, computed
from ingest.quality.reach import Reach
from ingest.quality.rows import changes, extent, own_verdict, readings_missing
from ingest.quality.subject import SOURCE_OF, Subjects
from ingest.quality.surroundings import UNSEEN
from ingest.quality.verdict import beside_others

SQL = statements("quality", "ingest")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What judging came to.

    Attributes:
        spans: Where something that the room uses was stored or is now judged otherwise, those asked for included.
        computed: Sensors for which something was only computed now: nobody has announced it.
    """

    spans: list[Span]
    computed: set[int]


async def judge(connection: Connection, spans: Sequence[Span], now: datetime) -> Judged:
    """Judge the readings of these spans, and those whose judgement depends on them.

    Amounts of rain counters are stored as `rain` of the same device, and levels that follow from a distance where they
    are missing. Raw values stay as they are. Only what has changed is written; judging again writes nothing.
    `latest` is left to the end of the caller's transaction (`floodcore.store.judgements.put_latest`).

    Args:
        connection: A transaction; other judges wait until it ends.
        spans: What is new or is to be seen anew; sensors that nobody knows are passed over. Those of one sensor are
            judged as one, and with them what lies between.
        now: The room's time.
    """
    await connection.execute(SQL["take_turn"])
    subjects, told, reaches = await asked_for(connection, spans)
    rows = await _read(connection, reaches.values())
    found = _computed(subjects, rows)
    lacking = _lacking(subjects, reaches, rows, found, now)
    stored = await store_readings(connection, [reading for readings in lacking.values() for reading in readings])
    rows |= await _read(connection, [reaches[sensor_id] for sensor_id in lacking])
    own = {
        sensor_id: own_verdict(columns, subjects.by_id[sensor_id], subjects.said[sensor_id], found.get(sensor_id))
        for sensor_id, columns in rows.items()
    }
    around = await surroundings(connection, subjects, reaches, own)
    changed = []
    for sensor_id, columns in rows.items():
        verdict = beside_others(own[sensor_id], around.get(sensor_id, UNSEEN))
        if change := changes(columns, verdict, reaches[sensor_id].judged):
            changed.append(change)
    await put_judgements(connection, changed, now)
    return Judged(spans=united([*told, *map(extent, changed)]), computed=set(stored.sensor_ids))


async def _read(connection: Connection, reaches: Iterable[Reach]) -> dict[int, Columns]:
    """Readings by sensor; a sensor without any is missing."""
    return (await readings_in(connection, [reach.read for reach in reaches])).by_sensor()


def _computed(subjects: Subjects, rows: Mapping[int, Columns]) -> dict[int, Computed]:
    """What follows from the sources that were read, by the sensor that it is of."""
    found = {}
    for subject in subjects.of(SOURCE_OF):
        source = subjects.source_of(subject)
        if source and source.sensor_id in rows:
            own = own_verdict(rows[source.sensor_id], source, subjects.said[source.sensor_id], None)
            found[subject.sensor_id] = computed(own, subjects.mounts.get(source.device_id, ()), source.rollover_mm)
    return found


def _lacking(
    subjects: Subjects,
    reaches: Mapping[int, Reach],
    rows: Mapping[int, Columns],
    found: Mapping[int, Computed],
    now: datetime,
) -> dict[int, list[Reading]]:
    """Computed values that are not stored yet, by sensor; a sensor that lacks none is missing."""
    lacking = {
        sensor_id: readings_missing(
            rows.get(sensor_id), subjects.by_id[sensor_id], values, reaches[sensor_id].changed, now
        )
        for sensor_id, values in found.items()
    }
    return {sensor_id: readings for sensor_id, readings in lacking.items() if readings}
