"""What cannot be stored now, on our own disk: acknowledged once it is safe here, and stored when it can be.

One SQLite file a copy of ingest. Every call writes to the disk before it returns, so call them off the event loop.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from floodcore.errors import OneMapError
from floodcore.wire.senml_time import milliseconds
from ingest.decode import Decoded
from ingest.message import Message

# A commit is on the disk before it is answered (synchronous): what we acknowledge must survive a loss of power.
SETTINGS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 16777216")
SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY,
    newest_ms INTEGER NOT NULL, -- of what it says; the newest is stored first
    is_live INTEGER NOT NULL, -- whether it was news when it came
    records INTEGER NOT NULL,
    topic TEXT NOT NULL, payload BLOB NOT NULL, content_type TEXT, received_at TEXT NOT NULL,
    packet INTEGER NOT NULL, again INTEGER NOT NULL, waited INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS waiting_newest ON waiting (newest_ms);
CREATE INDEX IF NOT EXISTS waiting_packet ON waiting (packet);
"""
PUT = """
INSERT INTO waiting (newest_ms, is_live, records, topic, payload, content_type, received_at, packet, again, waited)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
HELD_ALREADY = "SELECT 1 FROM waiting WHERE packet = ? AND topic = ? AND payload = ?"
NEWEST = """
SELECT number, is_live, records, topic, payload, content_type, received_at, packet, again, waited
FROM waiting ORDER BY newest_ms DESC, number LIMIT ?
"""
SUMMED = """
SELECT count(*), coalesce(sum(is_live), 0), coalesce(sum(records), 0),
    coalesce(sum(length(topic) + length(payload) + :row), 0)
FROM waiting
"""
ROW_BYTES = 150  # of a row and its index entries besides topic and payload; measured, rounded up


class SpoolFull(OneMapError):
    """There is no room, or the disk does not take it: the messages stay unacknowledged, and the broker keeps them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: `live` counts messages that were news when they came, `size` is in bytes."""

    messages: int = 0
    live: int = 0
    records: int = 0
    size: int = 0

    def __add__(self, more: "Waiting") -> "Waiting":
        return Waiting(
            self.messages + more.messages, self.live + more.live, self.records + more.records, self.size + more.size
        )

    def __sub__(self, less: "Waiting") -> "Waiting":
        return self + Waiting(-less.messages, -less.live, -less.records, -less.size)


class Kept(Struct, frozen=True, kw_only=True):
    """One message of the spool, by its number."""

    number: int
    message: Message
    is_live: bool
    records: int


class Spool:
    """Messages on disk; used as `with Spool(path, most_bytes) as spool`. Calls may come from any thread."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path, self._most_bytes = path, most_bytes
        self._lock = threading.Lock()
        self.waiting = Waiting()

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(self._path, check_same_thread=False)
            for setting in SETTINGS:
                self._file.execute(setting)
            self._file.executescript(SCHEMA)
            self.waiting = Waiting(*self._file.execute(SUMMED, {"row": ROW_BYTES}).fetchone())
        except (OSError, sqlite3.Error) as error:
            raise OneMapError(
                f"The spool {self._path} cannot be opened ({error}); free some room, or name another file in "
                "ONEMAP_INGEST__SPOOL, and start again."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:  # a call may still be under way in its thread
            self._file.close()

    def put(self, messages: Sequence[Decoded], *, is_live: bool) -> int:
        """Keep messages; on the disk when this returns.

        Returns:
            How many of their records were kept here already: a delivery that came again, whose times count from its
            arrival. Any other that comes twice is found by its readings' identity when it is stored.

        Raises:
            SpoolFull: None of them is kept.
        """
        if self.waiting.size > self._most_bytes:
            raise SpoolFull(f"The spool holds {self.waiting.messages} messages and takes no more; mend the database.")
        with self._lock, self._writing():
            new = [one for one in messages if self._add(one, is_live=is_live)]
        records, size = sum(one.records for one in new), sum(_size(one.message) for one in new)
        with self._lock:
            self.waiting += Waiting(len(new), len(new) if is_live else 0, records, size)
        return sum(one.records for one in messages) - records

    def newest(self, most: int, most_records: int) -> list[Kept]:
        """The messages that speak of the newest times, the newest first: at most so many, with so many records or one.

        Raises:
            SpoolFull: The disk does not give them.
        """
        kept: list[Kept] = []
        records = 0
        with self._lock, self._writing():
            for row in self._file.execute(NEWEST, (most,)):
                one = _kept(row)
                records += one.records
                if kept and records > most_records:
                    break
                kept.append(one)
        return kept

    def forget(self, stored: Sequence[Kept]) -> None:
        """They are in the database. Killed before this, we store them again, which changes nothing.

        Raises:
            SpoolFull: The disk does not take it; they are still here.
        """
        with self._lock, self._writing():
            self._file.executemany("DELETE FROM waiting WHERE number = ?", [(one.number,) for one in stored])
        with self._lock:
            self.waiting -= Waiting(
                len(stored),
                sum(one.is_live for one in stored),
                sum(one.records for one in stored),
                sum(_size(one.message) for one in stored),
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it, or nothing and a SpoolFull."""
        try:
            yield
            self._file.commit()
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._file.rollback()
            raise SpoolFull(f"The spool takes nothing ({error}); free some room on its disk.") from error

    def _add(self, one: Decoded, *, is_live: bool) -> bool:
        """Whether it was not here already."""
        if self._is_known(one):
            return False
        self._file.execute(PUT, _row(one, is_live=is_live))
        return True

    def _is_known(self, one: Decoded) -> bool:
        message = one.message
        if not (message.again and one.counts_from_arrival):
            return False
        return bool(self._file.execute(HELD_ALREADY, (message.mid, message.topic, message.payload)).fetchone())


def _row(one: Decoded, *, is_live: bool) -> tuple[object, ...]:
    message = one.message
    newest = max([reading.observed_at for reading in one.readings], default=message.received_at)
    return (
        *(milliseconds(newest), is_live, one.records),
        *(message.topic, message.payload, message.content_type, message.received_at.isoformat()),
        *(message.mid, message.again, message.waited),
    )


def _size(message: Message) -> int:
    return len(message.topic) + len(message.payload) + ROW_BYTES


def _kept(row: Sequence[Any]) -> Kept:
    number, is_live, records, topic, payload, content_type, received_at, packet, again, waited = row
    message = Message(
        topic=topic,
        payload=payload,
        content_type=content_type,
        received_at=datetime.fromisoformat(received_at),
        mid=packet,
        again=bool(again),
        waited=bool(waited),
    )
    return Kept(number=number, message=message, is_live=bool(is_live), records=records)
