"""Durations as people type them: 90s, 3m, 1h30m."""

import re
from datetime import timedelta

PATTERN = re.compile(r"(?:(?P<hours>\d+(?:\.\d+)?)h)?(?:(?P<minutes>\d+(?:\.\d+)?)m)?(?:(?P<seconds>\d+(?:\.\d+)?)s?)?")


def parse_duration(text: str) -> timedelta:
    """Hours, minutes and seconds, in this order, each optional; a bare number is seconds.

    Raises:
        ValueError: It is none, or zero.
    """
    match = PATTERN.fullmatch(text.strip())
    parts = {unit: float(number) for unit, number in match.groupdict().items() if number} if match else {}
    span = timedelta(**parts)
    if not span:
        raise ValueError(f"{text!r} is no duration; write it like 90s, 3m or 1h30m")
    return span
