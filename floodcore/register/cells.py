"""What stands in a cell, and how it is read and written. A blank cell is None, and is no matter of these."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any

from floodcore.domain.levels import Level

Read = Callable[[str], Any]  # raises ValueError with a sentence's end: "is no number"
LONGEST_TEXT = 2_000  # characters; a name of a place has a dozen, a source may be a paragraph
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # and halves of characters, which no text in UTF-8 has
MOST_SECONDS = 31 * 86_400  # between two readings: a gauge that reports once a month is read by hand


def text(cell: str) -> str:
    """A line of text."""
    if len(cell) > LONGEST_TEXT or CONTROL.search(cell):
        raise ValueError(f"is no text of one line and at most {LONGEST_TEXT} characters")
    return cell


def named(pattern: str) -> Read:
    """An id; the pattern is what the memory asks of it."""

    def read(cell: str) -> str:
        if not re.fullmatch(pattern, cell):
            raise ValueError(f"is no id; it matches {pattern}")
        return cell

    return read


def one_of(kind: type[StrEnum]) -> Read:
    """A word of an enumeration, in whatever case."""

    def read(cell: str) -> StrEnum:
        try:
            return kind(cell.casefold())
        except ValueError:
            raise ValueError(f"is none of {', '.join(kind)}") from None

    return read


def number(low: float, high: float) -> Read:
    """A number; both ends are allowed."""

    def read(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            raise ValueError("is no number; the decimal sign is a point") from None
        if math.isnan(value) or not low <= value <= high:
            raise ValueError(f"is not between {low:g} and {high:g}")
        return value

    return read


def seconds(cell: str) -> int:
    """A whole number of seconds."""
    if not (cell.isdecimal() and cell.isascii() and 1 <= int(cell[:9]) <= MOST_SECONDS and len(cell) < 9):
        raise ValueError(f"is no whole number of seconds from 1 to {MOST_SECONDS}")
    return int(cell)


def level(cell: str) -> Level:
    """A level by number or colour: 1 or blue to 4 or red."""
    names = {str(int(one)): one for one in Level if one} | {one.name.casefold(): one for one in Level if one}
    if cell.casefold() not in names:
        raise ValueError("is none of 1 blue, 2 yellow, 3 orange, 4 red")
    return names[cell.casefold()]


def moment(cell: str) -> datetime:
    """An ISO 8601 time with its offset, as UTC."""
    try:
        time = datetime.fromisoformat(cell)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no time; write it like 2024-06-01T00:00+08:00") from None
    raise ValueError("is local time of we know not where; write its offset, like 2024-06-01T00:00+08:00")


def listed(cell: str) -> list[Any]:
    """A JSON array."""
    try:
        value = json.loads(cell)
        plain = isinstance(value, list) and "\\u0000" not in json_text(value)
    except (ValueError, RecursionError):
        plain = False
    if not plain:
        raise ValueError("is no JSON array")
    return list(value)


def json_text(value: Any) -> str:
    """A value as JSON in UTF-8.

    Raises:
        ValueError: It holds what JSON has no word for: NaN, or half a character.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


def written(value: Any) -> str:
    """A value as a cell, so that reading it gives the same value again."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        case Enum():
            return str(value.value)
        case float():
            return repr(value)
        case list() | tuple():
            return json_text(value)
        case _:
            return str(value)
