"""Readings as columns for whoever judges them, and their judgements back into the memory.

Thousands of sensors are judged at once, so rows travel as PostgreSQL's binary COPY, which numpy reads and writes whole.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from floodcore.domain.upkeep import Span
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("judgements")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SERVER_EPOCH_US = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND  # PostgreSQL counts from there
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"


def _layout(**columns: str) -> np.dtype[np.void]:
    """A row of COPY (FORMAT binary) whose columns all have a fixed width and are never NULL."""
    parts = [("n_columns", ">i2")]
    for name, kind in columns.items():
        parts += [(f"{name}_bytes", ">i4"), (name, kind)]
    return np.dtype(parts)


READ = {
    "sensor_id": ">i4",
    "observed_us": ">i8",
    "value": ">f8",
    "quality": ">i2",
    "flags": ">i4",
    "adjusted": ">f8",
    "judged": "?",
}
WRITTEN = {"sensor_id": ">i4", "observed_us": ">i8", "quality": ">i2", "flags": ">i4", "adjusted": ">f8"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Readings, by sensor and time; each array has the shape (n_readings,).

    Attributes:
        sensor_id: The database's number of the sensor.
        observed_us: When it was so, microseconds since 1970.
        value: As it came, in the quantity's unit.
        quality: 0 to 3.
        flags: Bits of `quality.Flag`.
        adjusted: What the room uses in place of `value`; NaN where that is the value itself.
        judged: Whether anybody has judged it.
    """

    sensor_id: npt.NDArray[np.int32]
    observed_us: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    quality: npt.NDArray[np.int16]
    flags: npt.NDArray[np.int32]
    adjusted: npt.NDArray[np.float64]
    judged: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sensor_id)

    def at(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> "Columns":
        """Some of them."""
        return Columns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def by_sensor(self) -> dict[int, "Columns"]:
        """Those of each sensor; one without any is missing."""
        bounds = np.flatnonzero(np.diff(self.sensor_id, prepend=-1, append=-1)).tolist()
        return {int(self.sensor_id[first]): self.at(slice(first, after)) for first, after in pairwise(bounds)}


def joined(parts: Sequence[Columns]) -> Columns:
    """All of them, one after another; there is at least one part."""
    return Columns(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Columns)}
    )


def microseconds(at: datetime) -> int:
    """A moment as `observed_us` has it."""
    return (at - EPOCH) // MICROSECOND


def moment(observed_us: int) -> datetime:
    """The reverse."""
    return EPOCH + int(observed_us) * MICROSECOND


async def readings_in(connection: Connection, spans: Sequence[Span]) -> Columns:
    """All readings of these spans, at most one span a sensor."""
    blocks: list[bytes] = []
    if spans:
        async with connection.cursor() as cursor, cursor.copy(SQL["readings_in"], _asked(spans)) as copy:
            blocks = [bytes(block) async for block in copy]
    body = b"".join(blocks)[len(HEADER) : -len(TRAILER)]  # nothing at all where nobody asked
    rows = np.frombuffer(body, dtype=_layout(**READ))
    rows = rows[np.lexsort((rows["observed_us"], rows["sensor_id"]))]
    native = {name: rows[name].astype(np.dtype(kind).newbyteorder("=")) for name, kind in READ.items()}
    native["observed_us"] += SERVER_EPOCH_US
    return Columns(**native)


async def put_judgements(connection: Connection, parts: Sequence[Columns], now: datetime) -> None:
    """Write what these readings are worth from now on; what they were worth before is kept in `past_judgement`.

    A first judgement replaces none: until then a reading is unchecked and has its flags of arrival. `latest` is not
    touched: see `put_latest`.
    """
    if not parts:
        return
    judged = joined(parts)
    rows = np.empty(len(judged), dtype=_layout(**WRITTEN))
    rows["n_columns"] = len(WRITTEN)
    for name, kind in WRITTEN.items():
        rows[f"{name}_bytes"] = np.dtype(kind).itemsize
        rows[name] = getattr(judged, name)
    rows["observed_us"] -= SERVER_EPOCH_US
    await connection.execute(SQL["staging"])
    await connection.execute(SQL["empty_staging"])
    async with connection.cursor() as cursor, cursor.copy(SQL["stage"]) as copy:
        await copy.write(HEADER + rows.tobytes() + TRAILER)
    told = {
        "now": now,
        "earliest": moment(judged.observed_us.min()),
        "last": moment(judged.observed_us.max()),
    }
    await connection.execute(SQL["keep_past"], told)
    await connection.execute(SQL["judge"], told)


async def put_latest(connection: Connection, spans: Collection[Span]) -> set[int]:
    """Have `latest` say what the newest readings of these sensors are worth, where they lie within the spans.

    The last thing that a transaction does: whoever stores a newer reading waits for it from here on.

    Returns:
        The sensors whose newest reading has other flags, another value or another quality than it had; one that was
        unchecked and is good has not.
    """
    if not spans:
        return set()
    told = {
        "sensor_ids": sorted({span.sensor_id for span in spans}),
        "earliest": min(span.earliest for span in spans),
        "last": max(span.latest for span in spans),
    }
    return {row["sensor_id"] for row in await fetch_all(connection, SQL["judge_latest"], told) if row["is_news"]}


def _asked(spans: Sequence[Span]) -> dict[str, object]:
    return {
        "sensor_ids": [span.sensor_id for span in spans],
        "froms": [span.earliest for span in spans],
        "tos": [span.latest for span in spans],
        "earliest": min(span.earliest for span in spans),
        "last": max(span.latest for span in spans),
    }
