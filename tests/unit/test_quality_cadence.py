"""How long a sensor may be silent before that is news."""

from datetime import timedelta

import pytest

from floodcore.domain.cadence import WATER, Mode, cadence_of, mode_of
from floodcore.domain.reading import Quantity
from floodcore.testing.five_streets import NOON

MINUTE = timedelta(minutes=1)
LONG_AGO = NOON - timedelta(days=1)


@pytest.mark.parametrize(
    ("mode", "minutes"), [(Mode.DRY, 45), (Mode.RAIN, 15), (Mode.BURST, 3)], ids=["dry", "rain", "burst"]
)
def test_three_intervals_of_its_pace_are_waited_for(mode: Mode, minutes: int) -> None:
    assert WATER.silent_after(NOON, mode, LONG_AGO) == NOON + minutes * MINUTE


def test_a_gauge_that_slept_when_the_rain_began_is_not_late_for_the_rain() -> None:
    # It spoke at noon and need not speak before 12:15; the rain began at 12:10, so the wait is 3 x 5 min from there.
    assert WATER.silent_after(NOON, Mode.RAIN, NOON + 10 * MINUTE) == NOON + 25 * MINUTE


def test_it_should_have_spoken_by_itself_a_quarter_of_an_hour_after_its_last_word() -> None:
    # The rain began at 13:00, but it had been due at 12:15 already: 3 x 5 min from then.
    assert WATER.silent_after(NOON, Mode.RAIN, NOON + 60 * MINUTE) == NOON + 30 * MINUTE


def test_what_the_register_says_stands_and_the_rest_is_never_slower() -> None:
    every_minute = cadence_of(Quantity.LEVEL, 60, None, None)
    assert (every_minute.rain, every_minute.burst) == (MINUTE, MINUTE)
    assert cadence_of(Quantity.RAIN, None, 120, None).burst == MINUTE
    assert cadence_of(Quantity.LEVEL, None, None, None) == WATER


def test_a_battery_is_slower() -> None:
    assert cadence_of(Quantity.BATTERY, None, None, None).dry == 60 * MINUTE


def test_over_a_limit_it_bursts_rain_or_not() -> None:
    assert mode_of(is_raining=False, is_over_limit=True) is Mode.BURST
    assert mode_of(is_raining=True, is_over_limit=False) is Mode.RAIN
    assert mode_of(is_raining=False, is_over_limit=False) is Mode.DRY
