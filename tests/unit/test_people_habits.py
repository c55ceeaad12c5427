"""How crews take orders and tire, as statistics with their arithmetic."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from floodcore.testing.five_streets import NOON
from simulators.people.habits import (
    ACCEPT_MEDIAN,
    ACCEPT_SIGMA,
    DEPART_MEDIAN,
    REASONS,
    REFUSES,
    REST,
    SHIFT,
    SLOWEST,
    WORN_OUT,
    Duty,
    Temper,
    pace,
    temper,
)

N = 4000
TEMPERS: Sequence[Temper] = [temper(1, f"team-{n % 64:02}", str(n)) for n in range(N)]


def test_most_answer_within_a_minute_and_a_few_very_late() -> None:
    accept = np.array([one.accept_after.total_seconds() for one in TEMPERS])
    # A median of n draws is off by 1.25 sigma / sqrt(n) = 1 % of its logarithm; three times that is 3 %.
    assert np.median(accept) == pytest.approx(ACCEPT_MEDIAN.total_seconds(), rel=0.03)
    assert np.log(accept).std() == pytest.approx(ACCEPT_SIGMA, rel=0.05)
    assert accept.max() <= SLOWEST * ACCEPT_MEDIAN.total_seconds()
    depart = np.array([one.depart_after.total_seconds() for one in TEMPERS])
    assert np.median(depart) == pytest.approx(DEPART_MEDIAN.total_seconds(), rel=0.03)


def test_three_orders_of_a_hundred_are_refused_and_with_every_reason() -> None:
    refusals = [one.refuses for one in TEMPERS if one.refuses]
    # 120 of 4,000, give or take three times sqrt(4000 × 0.03 × 0.97) = 10.8.
    assert abs(len(refusals) - N * REFUSES) < 33
    assert set(refusals) == set(REASONS)


def test_the_same_seed_makes_the_same_crews_and_another_others() -> None:
    assert temper(1, "team-01", "7") == temper(1, "team-01", "7")
    assert len({pace(seed, team) for seed in (1, 2) for team in ("team-01", "team-02")}) == 4


def test_a_crew_slows_after_its_shift_and_is_fresh_after_a_rest() -> None:
    worked = Duty(since=NOON, until=NOON + timedelta(hours=8))
    assert worked.vigour() == 1.0
    # From 1 to 0.7 between the eighth and the twelfth hour: halfway at the tenth.
    assert worked.on(NOON + timedelta(hours=10)).vigour() == pytest.approx(0.85)
    assert worked.on(NOON + WORN_OUT).vigour() == pytest.approx(0.7)
    assert worked.on(NOON + timedelta(hours=13)).vigour() == pytest.approx(0.7)
    assert worked.is_over(NOON + SHIFT) and not Duty(since=NOON, until=NOON + timedelta(hours=7)).is_over(NOON + SHIFT)
    rested = NOON + SHIFT + REST
    assert not worked.is_over(rested)
    assert worked.on(rested) == Duty(since=rested, until=rested)
