"""Times in requests: RFC 3339 with offset, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

RFC3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", flags=re.ASCII)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
WANTED = "write a time as 2021-07-20T16:00:00+08:00, with its offset (in a URL the + is %2B)"


def parse_moment(value: object) -> datetime:
    """The time in UTC; at the ends of the calendar the nearest that there is.

    Raises:
        ValueError: It is no RFC 3339 time with offset.
    """
    match = RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(WANTED)
    date, minute, second, fraction, offset = match.groups()
    is_leap = second == "60"  # RFC 3339 allows it; this calendar does not know it
    local = datetime.fromisoformat(
        f"{date}T{minute}:{'59' if is_leap else second}{(fraction or '')[:7]}{offset.upper()}"
    )
    try:
        return local.astimezone(UTC) + timedelta(seconds=is_leap)
    except OverflowError:
        return EARLIEST if local.year == 1 else LATEST


Moment = Annotated[datetime, BeforeValidator(parse_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
