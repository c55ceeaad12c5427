"""The slope that one bad reading cannot turn."""

import numpy as np
import pytest

from forecast.rate import rate_of_change

NAN = np.nan


def rate(ages: list[float], levels_cm: list[float]) -> float:
    return float(rate_of_change(np.array([ages]), np.array([levels_cm]) / 100)[0]) * 100  # cm/min


@pytest.mark.parametrize(
    ("ages", "levels_cm", "cm_min"),
    [
        pytest.param([0, 5, 10], [30, 20, 10], 2.0, id="rises 10 cm in 5 min"),
        pytest.param([3, 8, 13], [10, 20, 30], -2.0, id="falls, and the newest reading is 3 min old"),
        # of the 15 pairs 5 have the wild one; the other 10 rise by 2 cm/min
        pytest.param([0, 1, 2, 3, 4, 5], [30, 28, 90, 24, 22, 20], 2.0, id="one of six readings is wild"),
        pytest.param([0, 15, 30], [40, 25, 10], 1.0, id="a 15-minute gauge gives its newest three"),
        pytest.param([0, 5, 10, 50], [30, 20, 10, 90], 2.0, id="what is older than ten minutes has no say"),
    ],
)
def test_rate(ages: list[float], levels_cm: list[float], cm_min: float) -> None:
    assert rate(ages, levels_cm) == pytest.approx(cm_min)


def test_two_readings_are_no_trend() -> None:
    both = rate_of_change(np.array([[0, 5, 10], [0, 5, NAN]]), np.array([[0.3, 0.2, 0.1], [0.3, 0.2, NAN]]))
    assert both[0] == pytest.approx(0.02)
    assert np.isnan(both[1])


def test_no_site_and_no_reading() -> None:
    assert rate_of_change(np.empty((0, 3)), np.empty((0, 3))).shape == (0,)
    assert np.isnan(rate_of_change(np.array([[0.0]]), np.array([[0.2]]))).all()
