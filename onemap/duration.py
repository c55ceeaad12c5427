"""Durations as people type them: 90s, 3m, 1h30m, 40d."""

import re
from datetime import timedelta

NUMBER = r"\d+(?:\.\d+)?"
PATTERN = re.compile(
    rf"(?:(?P<days>{NUMBER})d)?(?:(?P<hours>{NUMBER})h)?(?:(?P<minutes>{NUMBER})m)?(?:(?P<seconds>{NUMBER})s?)?"
)


def parse_duration(text: str) -> timedelta:
    """Days, hours, minutes and seconds, in this order, each optional; a bare number is seconds.

    Raises:
        ValueError: It is none, or zero, or longer than time itself.
    """
    match = PATTERN.fullmatch(text.strip())
    parts = {unit: float(number) for unit, number in match.groupdict().items() if number} if match else {}
    try:
        span = timedelta(**parts)
    except OverflowError:
        raise ValueError(f"{text!r} is longer than any calendar; write it like 90s, 3m, 1h30m or 40d") from None
    if not span:
        raise ValueError(f"{text!r} is no duration; write it like 90s, 3m, 1h30m or 40d")
    return span
