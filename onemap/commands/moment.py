"""Moments and durations as a person types them."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from onemap.duration import parse_duration


def moment(text: str) -> datetime:
    """An ISO 8601 time with its offset.

    Raises:
        typer.BadParameter: It is none, or local time of we know not where.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write it like 2023-09-29T11:00Z.") from None
    if time.tzinfo is None:
        raise typer.BadParameter(f"say where: {text}Z for UTC, {text}+08:00 for Zhengzhou.")
    return time


def duration(text: str | timedelta) -> timedelta:
    """A duration like 90s, 3m, 1h30m or 40d; a default, which typer hands in as it is, stays what it is.

    Raises:
        typer.BadParameter: It is none.
    """
    if isinstance(text, timedelta):
        return text
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None


From = Annotated[
    datetime | None, typer.Option("--from", parser=moment, metavar="TIME", help="First moment, like 2023-09-29T11:00Z.")
]
To = Annotated[
    datetime | None, typer.Option("--to", parser=moment, metavar="TIME", help="Last moment; it belongs to the span.")
]
