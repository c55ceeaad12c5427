"""Durations as people type them."""

from datetime import timedelta

import pytest

from onemap.duration import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("3m", 180),
        ("1h30m", 5400),
        ("45", 45),
        ("0.5m", 30),
        ("1h", 3600),
        (" 2m10s ", 130),
        ("40d", 3_456_000),
        ("1d12h", 129_600),
    ],
)
def test_what_people_type(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "0m", "3 apples", "m", "-3m", "3m1h", "1h1d", "9999999999d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_duration(text)
