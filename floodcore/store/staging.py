"""Readings as PostgreSQL's binary COPY takes them, a column at a time: row by row would cost as much as the insert."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from floodcore.domain.reading import Reading

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, no header extension
TRAILER = struct.pack(">h", -1)
EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's; a timestamptz is microseconds since
EPOCH_S = EPOCH_2000.timestamp()
NULL = -1
COLUMNS = (
    ("position", ">i4"),
    ("sensor_id", ">i4"),
    ("observed_at", ">i8"),
    ("received_at", ">i8"),
    ("value", ">f8"),
    ("flags", ">i4"),
)
# Each value follows its length in bytes. The only text comes last, so that all before it has one width.
ROW = np.dtype(
    [
        ("columns", ">i2"),
        *((name, kind) for column, of in COLUMNS for name, kind in ((f"{column}_bytes", ">i4"), (column, of))),
        ("source_quality_bytes", ">i4"),
    ]
)
WIDTH = ROW.itemsize


def rows(sensor_ids: Sequence[int], readings: Sequence[Reading], known_at: datetime | None) -> bytes:
    """The rows of the table `arrived`, in its columns' order, with COPY's head and tail.

    Args:
        sensor_ids: Of each reading, shape (n,).
        readings: Shape (n,).
        known_at: When the room knows them; None where each says so itself (an event pack does).
    """
    table = np.empty(len(readings), ROW)
    table["columns"] = len(COLUMNS) + 1
    for column, kind in COLUMNS:
        table[f"{column}_bytes"] = np.dtype(kind).itemsize
    table["position"] = np.arange(len(readings))
    table["sensor_id"] = np.array(sensor_ids, np.int32)
    table["observed_at"] = _microseconds([one.observed_at.timestamp() for one in readings])
    received = [known_at] if known_at else [one.received_at for one in readings]
    table["received_at"] = _microseconds([at.timestamp() for at in received])
    table["value"] = np.array([one.value for one in readings])
    table["flags"] = np.array([one.flags for one in readings], np.int32)
    table["source_quality_bytes"] = NULL
    words = {index: one.source_quality for index, one in enumerate(readings) if one.source_quality is not None}
    return SIGNATURE + _with_words(table.tobytes(), words) + TRAILER


def _microseconds(seconds: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Since 2000. A float's seconds are exact to a quarter microsecond until 2106, so that rounding restores them."""
    return np.rint((np.asarray(seconds) - EPOCH_S) * 1e6).astype(np.int64)


def _with_words(table: bytes, words: dict[int, str]) -> bytes:
    if not words:
        return table
    parts, done = [], 0
    for index, word in words.items():
        length_at = (index + 1) * WIDTH - 4
        text = word.encode()
        parts += [table[done:length_at], struct.pack(">i", len(text)), text]
        done = length_at + 4
    return b"".join([*parts, table[done:]])
