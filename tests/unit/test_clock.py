"""The room's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from floodcore.clock import ScaledClock, SystemClock


def test_a_storm_at_60_times_its_pace_passes_an_hour_in_a_minute() -> None:
    anchor = datetime.now(UTC) - timedelta(minutes=1)
    start = datetime(2021, 7, 20, 8, 0, tzinfo=UTC)
    clock = ScaledClock(anchor=anchor, start=start, speed=60)
    assert timedelta(hours=1) <= clock.now() - start < timedelta(hours=1, minutes=1)
    assert clock.real_seconds(timedelta(hours=1)) == 60


def test_two_processes_with_the_same_three_values_agree() -> None:
    values = {"anchor": datetime.now(UTC), "start": datetime(2021, 7, 20, tzinfo=UTC), "speed": 10.0}
    first, second = ScaledClock(**values), ScaledClock(**values)
    assert second.now() - first.now() < timedelta(seconds=1)


def test_a_clock_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ScaledClock(anchor=datetime.now(UTC), start=datetime.now(UTC), speed=0)


def test_the_system_clock_is_aware_and_unscaled() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().real_seconds(timedelta(seconds=3)) == 3
