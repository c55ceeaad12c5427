"""Lists by pages. A cursor is opaque to clients: the last item's place in the order, in hexadecimal digits."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from msgspec import Struct

T = TypeVar("T")
R = TypeVar("R")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NUMBER_DIGITS, MOMENT_DIGITS = 15, 13  # below 2**60; microseconds until the year 2112

Limit = Annotated[int, Query(ge=1, le=1000, description="The most items of the answer.")]
_TEXT = "Where the page before ended: its `next_cursor`."
NumberCursor = Annotated[str | None, Query(alias="cursor", pattern=r"^[0-9a-f]{15}$", description=_TEXT)]
MomentCursor = Annotated[str | None, Query(alias="cursor", pattern=r"^[0-9a-f]{28}$", description=_TEXT)]
NameCursor = Annotated[str | None, Query(alias="cursor", pattern=r"^([0-9a-f]{2}){1,256}$", description=_TEXT)]


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """Items, and the cursor of the page after them; null where there is none."""

    items: list[T]
    next_cursor: str | None


def page_of(rows: Sequence[R], limit: int, item: Callable[[R], T], cursor: Callable[[R], str]) -> Page[T]:
    """A page.

    Args:
        rows: What was found, asked for with `limit + 1`: one more says that there is a next page.
        limit: The most items.
        item: What the client sees of a row.
        cursor: A row's place in the order.
    """
    shown = rows[:limit]
    return Page(items=[item(row) for row in shown], next_cursor=cursor(shown[-1]) if len(rows) > limit else None)


def number_cursor(number: int) -> str:
    """The place of a number that is not negative."""
    return f"{number:0{NUMBER_DIGITS}x}"


def number_of(cursor: str | None) -> int | None:
    """The number again."""
    return None if cursor is None else int(cursor, 16)


def moment_cursor(at: datetime, number: int) -> str:
    """The place of something that happened at a moment, and has a number among those of the same moment."""
    return f"{(at - EPOCH) // MICROSECOND:0{MOMENT_DIGITS}x}{number_cursor(number)}"


def moment_of(cursor: str | None) -> tuple[datetime | None, int | None]:
    """The moment and the number again."""
    if cursor is None:
        return None, None
    return EPOCH + int(cursor[:MOMENT_DIGITS], 16) * MICROSECOND, int(cursor[MOMENT_DIGITS:], 16)


def name_cursor(name: str) -> str:
    """The place of a name."""
    return name.encode().hex()


def name_of(cursor: str | None) -> str:
    """The name again; what is no name has a place in the order all the same."""
    return "" if cursor is None else bytes.fromhex(cursor).decode(errors="replace")
