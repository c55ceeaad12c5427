"""Files of the archive: there as a whole and on the disk, or not there; none ever takes another's place."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

from floodcore.packs.durable import settle
from floodcore.packs.writing import OBSERVATIONS
from floodcore.store.database import Connection

TABLE = ".csv.gz"


def free_name(folder: Path, span: str, suffix: str = "") -> str:
    """A name below the folder that nothing has yet: what came late for a span that is archived goes beside it."""
    names = (f"{span}{'' if number == 1 else f'-{number}'}{suffix}" for number in count(1))
    return next(name for name in names if not (folder / name).exists())


def observations_in(pack: Path) -> int:
    """How many observations a pack holds, by reading it through."""
    with gzip.open(pack / OBSERVATIONS, "rt", encoding="utf-8", newline="") as text:
        return sum(1 for _ in csv.reader(text)) - 1


async def copy_out(connection: Connection, copy: LiteralString, asked: Mapping[str, Any], file: Path) -> int:
    """Write what a COPY gives, a CSV with a header, as a gzipped file, and no file for no rows; returns how many."""
    with _part_of(file) as part:
        with part.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            async with connection.cursor() as cursor:
                async with cursor.copy(copy, asked) as blocks:
                    async for block in blocks:
                        packed.write(block)
                rows = cursor.rowcount
        if rows:
            settle([part])
            part.rename(file)
            settle([file.parent])
    return rows


@contextmanager
def _part_of(file: Path) -> Iterator[Path]:
    """Where to write it; gone afterwards, unless the process is killed: then the next to write it takes its place."""
    part = file.with_name(f".{file.name}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
