"""Probabilities and quantiles come from one line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from floodcore.domain.forecast import QUANTILES
from forecast.distribution import MEASURED, PROBABILITIES, exceedance, quantiles, with_ends

measured = arrays(float, len(MEASURED), elements=st.floats(-2, 2)).map(np.sort)


def chance(levels_m: np.ndarray, threshold_m: float) -> float:
    return float(exceedance(levels_m[None, :], np.array([[threshold_m]]))[0, 0])


def test_between_two_quantiles_the_chance_is_a_straight_line() -> None:
    levels = 0.01 * np.arange(len(PROBABILITIES))  # median 5 cm, 75 % at 6 cm
    assert chance(levels, 0.05) == pytest.approx(0.5)
    assert chance(levels, 0.056) == pytest.approx(1 - (0.5 + 0.6 * 0.25))
    assert chance(levels, 0.0) == 1
    assert chance(levels, 0.10) == 0  # the end of the line: nobody has measured beyond
    assert chance(levels, 9.0) == 0


def test_a_lump_at_the_threshold_counts_as_reached() -> None:
    levels = np.array([0, 0, 0, 0, 0.15, 0.15, 0.15, 0.15, 0.3, 0.3, 0.4])
    assert chance(levels, 0.15) == pytest.approx(1 - 0.25)
    assert chance(np.zeros(len(PROBABILITIES)), 0.15) == 0
    assert chance(np.full(len(PROBABILITIES), 0.15), 0.15) == 1


def test_without_a_threshold_there_is_no_chance() -> None:
    assert np.isnan(chance(np.zeros(len(PROBABILITIES)), np.nan))


def test_the_ends_lie_as_far_out_as_the_last_step() -> None:
    ends = with_ends(np.array([-4, -3, -2, -1, 0, 1, 2, 4, 7], dtype=float))
    assert (ends[0], ends[-1]) == (-5, 10)


@given(values=measured, thresholds=st.lists(st.floats(-3, 3), min_size=2, max_size=6))
def test_a_higher_threshold_is_never_likelier(values: np.ndarray, thresholds: list[float]) -> None:
    chances = exceedance(with_ends(values)[None, :], np.sort(thresholds)[None, :])[0]
    assert np.all(np.diff(chances) <= 1e-12)
    assert np.all((chances >= 0) & (chances <= 1))


@given(values=measured)
def test_a_quantile_is_exceeded_as_often_as_it_says(values: np.ndarray) -> None:
    levels = with_ends(values)[None, :]
    said = quantiles(levels)
    assert np.all(np.diff(said) >= 0)
    assert np.all(exceedance(levels, said)[0] >= 1 - np.array(QUANTILES) - 1e-9)
