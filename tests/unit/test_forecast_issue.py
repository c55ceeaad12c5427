"""Whole runs: what holds for every city, and what a duty officer expects of one street."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.domain.forecast import DAMPED_TREND, LEADS, PERSISTENCE, ForecastRun, ForecastValue
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.site import SiteKind
from floodcore.testing.five_streets import NOON, SINCE, THRESHOLDS
from forecast import issue
from forecast.known import Known, Series
from forecast.prior import prior
from forecast.realised import RealisedErrors
from forecast.state import state_of

LADDER = THRESHOLDS["street-A"]
NOTHING_LEARNT = RealisedErrors(prior())


def runs(series: list[Series], thresholds: dict[str, tuple[Threshold, ...]] = THRESHOLDS) -> dict[str, ForecastRun]:
    return {run.produced_by: run for run in issue.runs(state_of(Known.of(NOON, series)), thresholds, NOTHING_LEARNT)}


def street(levels_cm: list[float], *, age: float = 0, kind: SiteKind = SiteKind.ROAD) -> list[Series]:
    """Street A every five minutes; the newest is the last in the list and `age` minutes old."""
    ages = [age + 5.0 * number for number in range(len(levels_cm))]
    level_m = [cm / 100 for cm in reversed(levels_cm)]
    return [Series(site_id="street-A", kind=kind, age_min=ages, level_m=level_m)]


def at(run: ForecastRun, lead: timedelta = LEADS[0]) -> ForecastValue:
    return next(value for value in run.values if value.lead_time == lead)


def width(value: ForecastValue) -> float:
    return value.depth_m[4] - value.depth_m[0]


@given(
    levels_cm=st.lists(st.floats(-50, 300), min_size=1, max_size=12),
    age=st.floats(0, 14),
    kind=st.sampled_from([SiteKind.ROAD, SiteKind.UNDERPASS, SiteKind.RIVER, SiteKind.WELL]),
)
def test_every_forecast_makes_sense(levels_cm: list[float], age: float, kind: SiteKind) -> None:
    for run in runs(street(levels_cm, age=age, kind=kind)).values():
        assert [value.lead_time for value in run.values] == list(LEADS)
        for value in run.values:
            assert list(value.depth_m) == sorted(value.depth_m)
            chances = [value.crossing[level] for level in sorted(value.crossing)]
            assert chances == sorted(chances, reverse=True)
            assert kind not in {SiteKind.ROAD, SiteKind.UNDERPASS} or value.depth_m[0] >= 0
            for threshold in LADDER:  # one distribution: where the 95 % quantile is below, the chance is below 5 %
                if value.depth_m[4] < threshold.depth_m - 1e-3:
                    assert value.crossing[threshold.level] <= 0.05 + 1e-3


def test_dry_and_quiet_is_tight_and_a_fast_rise_is_wide_and_may_go_higher() -> None:
    dry = at(runs(street([0] * 12))[DAMPED_TREND])
    rising = at(runs(street([0, 0, 5, 15, 25]))[DAMPED_TREND])
    assert dry.depth_m[4] < 0.01
    assert dry.crossing[Level.BLUE] == 0
    assert width(rising) > 0.10
    assert rising.depth_m[3] > 0.25
    assert rising.crossing[Level.RED] > 0


def test_an_old_reading_makes_a_wider_forecast() -> None:
    fresh, old = (at(runs(street([20, 21, 20, 21, 20], age=age))[PERSISTENCE]) for age in (0, 14))
    assert width(old) > 1.3 * width(fresh)


def test_a_silent_site_has_no_forecast() -> None:
    assert runs(street([20, 20, 20], age=30))[PERSISTENCE].values == ()


def test_where_the_trend_is_unknown_both_say_the_same_middle() -> None:
    by_name = runs(street([20, 22]))
    middle = [at(by_name[name]).depth_m[2] for name in (PERSISTENCE, DAMPED_TREND)]
    assert middle[0] == pytest.approx(middle[1], abs=0.01)


def test_a_threshold_counts_while_it_is_valid() -> None:
    """Blue is 15 cm until 12:30, and 90 cm from then on; the street stands at 40 cm."""
    change = NOON + timedelta(minutes=30)
    steps = (
        Threshold(level=Level.BLUE, depth_m=0.15, valid_from=SINCE, valid_to=change),
        Threshold(level=Level.BLUE, depth_m=0.90, valid_from=change),
    )
    run = runs(street([40] * 12), {"street-A": steps})[PERSISTENCE]
    blue = [value.crossing[Level.BLUE] for value in run.values]
    assert blue[0] > 0.9
    assert max(blue[1:]) < 0.1  # valid at 12:30, 13:00 and 14:00


def test_a_site_without_thresholds_has_depths_and_no_crossings() -> None:
    assert at(runs(street([20, 20, 20]), {})[DAMPED_TREND]).crossing == {}
