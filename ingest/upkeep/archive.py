"""Files of the archive: there as a whole and on the disk, or not there; none ever takes another's place."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, LiteralString

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
    with _whole(file) as raw:
        async with connection.cursor() as cursor:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                async with cursor.copy(copy, asked) as blocks:
                    async for block in blocks:
                        packed.write(block)
            rows = cursor.rowcount
    if not rows:
        file.unlink()  # noqa: ASYNC240 - as quick as it gets
    return rows


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as raw:
        yield raw
    settle([part])
    part.rename(file)
    settle([file.parent])
