"""The spread learns from what went wrong."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from floodcore.domain.forecast import ISSUE_EVERY, LEADS, PERSISTENCE
from floodcore.domain.site import SiteKind
from floodcore.testing.five_streets import NOON
from forecast.distribution import MEASURED, quantiles
from forecast.forecasters import persistence
from forecast.known import Known, Series
from forecast.prior import prior
from forecast.realised import LOOKS_BACK, RealisedErrors
from forecast.spread import LEADS_MIN, guess, levels
from forecast.state import Regime, State, state_of

HOUR = 12  # issue times
MEDIAN = MEASURED.index(0.5)


def city(number: int, series: list[Series]) -> State:
    return state_of(Known.of(NOON + number * ISSUE_EVERY, series))


def walks(n_sites: int, n_times: int, step_m: float) -> np.ndarray:
    """Rivers that walk at random, five minutes a step: shape (n_times, n_sites), metres."""
    return np.cumsum(np.random.default_rng(7).normal(0, step_m, (n_times, n_sites)), axis=0)


def seen(walk: np.ndarray) -> Iterator[State]:
    """The state at every time from the second hour on."""
    for now in range(HOUR, len(walk)):
        past = walk[now - HOUR + 1 : now + 1][::-1]
        ages = [5.0 * number for number in range(HOUR)]
        yield city(
            now,
            [
                Series(site_id=f"river-{site}", kind=SiteKind.RIVER, age_min=ages, level_m=past[:, site].tolist())
                for site in range(walk.shape[1])
            ],
        )


@pytest.mark.parametrize("step_m", [0.002, 0.05], ids=["quiet rivers", "wild rivers"])
def test_the_interval_covers_what_comes_in_a_world_of_known_noise(step_m: float) -> None:
    walk = walks(n_sites=60, n_times=8 * HOUR, step_m=step_m)
    realised = RealisedErrors(prior())
    inside = {lead: [] for lead in LEADS_MIN}
    for number, state in enumerate(seen(walk)):
        realised.learn(state)
        table = realised.table(PERSISTENCE)
        for lead in LEADS_MIN if number > 4 * HOUR else ():
            then = HOUR + number + int(lead / 5)
            if then < len(walk):
                said = quantiles(levels(state, guess(persistence, state, lead), table, lead))
                truth = walk[then][[int(site.removeprefix("river-")) for site in state.site_ids.tolist()]]
                inside[lead] += ((said[:, 0] <= truth) & (truth <= said[:, 4])).tolist()
    for lead, hits in inside.items():
        assert 0.85 <= np.mean(hits) <= 0.99, f"{lead} min: {np.mean(hits):.3f} of {len(hits)}"


def test_before_anything_was_realised_the_prior_speaks() -> None:
    realised = RealisedErrors(prior())
    assert np.array_equal(realised.table(PERSISTENCE), prior()[PERSISTENCE])


def test_a_copy_that_starts_anew_says_the_same() -> None:
    states = list(seen(walks(n_sites=5, n_times=8 * HOUR, step_m=0.02)))
    ran_through, started_anew = RealisedErrors(prior()), RealisedErrors(prior())
    for state in states:
        ran_through.learn(state)
    for state in states:
        if state.issue_time >= states[-1].issue_time - LOOKS_BACK:
            started_anew.learn(state)
    assert np.array_equal(ran_through.table(PERSISTENCE), started_anew.table(PERSISTENCE))


def test_a_road_that_said_dry_and_is_silent_since_was_forecast_rightly() -> None:
    """Otherwise a city of gauges that report by exception would learn only from the streets that flooded."""
    dry = prior()[PERSISTENCE][1, Regime.DRY, 0]
    ends = Series(site_id="street-A", kind=SiteKind.ROAD, age_min=[0, 5, 10], level_m=[0.0, 0.0, 0.0])
    realised = RealisedErrors(prior())
    for number in range(2 * HOUR):
        silent = Series(
            site_id="street-A",
            kind=SiteKind.ROAD,
            age_min=[5.0 * number + age for age in ends.age_min],
            level_m=[0] * 3,
        )
        realised.learn(city(number, [ends if number == 0 else silent]))
    learnt = realised.table(PERSISTENCE)[1, Regime.DRY, 0]
    assert learnt[MEDIAN] == 0
    assert learnt[-1] < dry[-1]  # the far end has come nearer: nothing happened


def test_errors_are_measured_between_the_readings_themselves() -> None:
    """A gauge whose newest reading is always 15 min old: the error at 15 min is the step between two readings."""
    realised = RealisedErrors({PERSISTENCE: np.zeros_like(prior()[PERSISTENCE]), **_without(PERSISTENCE)})
    ages = [15.0, 30.0, 45.0, 60.0]
    for number in range(0, 2 * HOUR, 1):
        step = number // 3  # a new reading every third time
        age = [a + 5 * (number % 3) for a in ages][:3]
        level = [0.1 * (step - back) for back in range(3)]
        realised.learn(city(number, [Series(site_id="A", kind=SiteKind.RIVER, age_min=age, level_m=level)]))
    # rate 0.1 m per 15 min, range 0.2 m: the scale is 0.005 + 0.2 + 0.1 m, and every error 0.1 m
    top = realised.table(PERSISTENCE)[0, Regime.RISING, 0, -1]
    assert top == pytest.approx(0.1 / 0.305, rel=1e-6)


def _without(forecaster: str) -> dict[str, np.ndarray]:
    return {name: table for name, table in prior().items() if name != forecaster}


def test_the_prior_is_whole_and_rises() -> None:
    for table in prior().values():
        assert not np.isnan(table).any()
        assert np.all(np.diff(table, axis=-1) >= 0)
    assert timedelta(minutes=LEADS_MIN[0]) == LEADS[0]
