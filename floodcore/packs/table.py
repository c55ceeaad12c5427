"""One CSV file of a pack, row by row, without trusting it: its place, its size, its encoding, its shape."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from floodcore.errors import Refused

GZIP = b"\x1f\x8b"
MOST_CHARACTERS = 1 << 30  # unpacked; some twenty million observations. A gzip bomb ends here
LONGEST_LINE = 1 << 16  # a row of a pack has some hundred characters; a bomb of zeros has no line ends at all

Row = list[str]


def resource_file(folder: Path, path: str) -> Path:
    """The file that a resource's path means.

    Raises:
        Refused: It leads out of the pack's folder, is an address, or does not exist.
    """
    file = (folder / path).resolve()
    if "://" in path or not file.is_relative_to(folder.resolve()):
        raise Refused(f"The pack's resource {path!r} does not lie in the pack's own folder; copy the file into it.")
    if not file.is_file():
        raise Refused(
            f"The pack's resource {path!r} is missing; add the file, or correct its path in datapackage.json."
        )
    return file


@dataclass(frozen=True)
class Table:
    """A CSV file with a header; column order and further columns do not matter, nor does a byte order mark."""

    file: Path
    columns: tuple[str, ...]

    @classmethod
    def open(cls, file: Path, required: Sequence[str]) -> "Table":
        """Read the header.

        Raises:
            Refused: It is no CSV text, or a required column is missing.
        """
        _, header = next(_rows(file), (1, []))
        columns = tuple(name.strip().casefold() for name in header)
        if missing := [name for name in required if name not in columns]:
            raise Refused(
                f"{file.name} has no column {', '.join(missing)}; its first line must name "
                f"{', '.join(required)}, separated by commas."
            )
        return cls(file, columns)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Line number, counted from 1, and fields of every row that is not blank, as many as they are.

        Raises:
            Refused: The rest cannot be read; the rows before it have been given.
        """
        rows = _rows(self.file)
        next(rows, None)
        return ((line, row) for line, row in rows if any(row))

    def fitted(self, row: Row) -> Row | None:
        """The row with as many fields as there are columns; None where it has more, as a decimal comma makes."""
        width = len(self.columns)
        if any(row[width:]):
            return None
        return row[:width] + [""] * (width - len(row))


def _rows(file: Path) -> Iterator[tuple[int, Row]]:
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            unpacked = gzip.GzipFile(fileobj=raw) if packed else raw
            reader = csv.reader(_lines(io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline=""), file.name))
            for row in reader:
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name} is not text in UTF-8; save it as CSV in UTF-8, gzipped or not.") from error
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused(f"{file.name} cannot be read as CSV ({error}); make the file again.") from error


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    characters = 0
    while line := text.readline(LONGEST_LINE):
        characters += len(line)
        if len(line) == LONGEST_LINE:
            raise Refused(f"{name} has a line of more than {LONGEST_LINE:,} characters; it is no CSV of observations.")
        if characters > MOST_CHARACTERS:
            raise Refused(f"{name} unpacks to more than {MOST_CHARACTERS:,} characters; split the pack by time.")
        if "\0" in line:
            raise Refused(f"{name} holds zero bytes; it is no text. Save it as CSV in UTF-8, gzipped or not.")
        yield line
