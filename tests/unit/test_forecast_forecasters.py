"""What the two forecasters say, by hand."""

from math import exp

import numpy as np
import pytest

from floodcore.domain.site import SiteKind
from floodcore.testing.five_streets import NOON
from forecast.forecasters import FALL_LASTS_MIN, RISE_LASTS_MIN, damped_trend, persistence
from forecast.known import Known, Series
from forecast.state import State, state_of


def one_site(levels_cm: list[float], kind: SiteKind = SiteKind.ROAD) -> State:
    """Levels every five minutes, the newest at T0 and last in the list."""
    ages = [5.0 * number for number in range(len(levels_cm))]
    series = Series(site_id="street-A", kind=kind, age_min=ages, level_m=[cm / 100 for cm in reversed(levels_cm)])
    return state_of(Known.of(NOON, [series]))


def says(forecaster: object, state: State, minutes: float) -> float:
    assert callable(forecaster)
    return float(forecaster(state, np.array([minutes]))[0])


def test_persistence_says_what_was_last_seen() -> None:
    assert says(persistence, one_site([10, 15, 20]), 60) == pytest.approx(0.20)


def test_a_rise_goes_on_ever_more_slowly() -> None:
    state = one_site([10, 15, 20])  # 1 cm/min
    assert RISE_LASTS_MIN == 5
    assert says(damped_trend, state, 5) == pytest.approx(0.20 + 0.01 * 5 * (1 - exp(-1)))
    assert says(damped_trend, state, 1000) == pytest.approx(0.25)  # in the end it has risen for five minutes


def test_a_fall_lasts_longer_and_ends_on_the_road() -> None:
    state = one_site([40, 35, 30])  # -1 cm/min
    assert FALL_LASTS_MIN == 30
    assert says(damped_trend, state, 15) == pytest.approx(0.30 - 0.01 * 30 * (1 - exp(-0.5)))
    assert says(damped_trend, one_site([30, 20, 10]), 120) == 0
    assert says(damped_trend, one_site([30, 20, 10], SiteKind.RIVER), 1e6) == pytest.approx(0.10 - 0.02 * 30)


def test_with_two_readings_the_trend_is_unknown_and_persistence_answers() -> None:
    assert says(damped_trend, one_site([10, 20]), 60) == pytest.approx(0.20)
