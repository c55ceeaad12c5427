"""Which sites a forecast can be made for, and what is seen of them."""

import pytest

from floodcore.domain.site import SiteKind
from floodcore.testing.five_streets import NOON
from forecast.known import Known, Series
from forecast.state import UNSEEN_ACTIVITY_M, Regime, State, state_of


def state(ages: list[float], levels_cm: list[float], kind: SiteKind = SiteKind.ROAD) -> State:
    series = Series(site_id="street-A", kind=kind, age_min=ages, level_m=[cm / 100 for cm in levels_cm])
    return state_of(Known.of(NOON, [series]))


@pytest.mark.parametrize(
    ("ages", "level_cm", "kind", "is_answered"),
    [
        pytest.param([15, 16, 17], 20, SiteKind.ROAD, True, id="every minute, silent for 15 min over water"),
        pytest.param([16, 17, 18], 20, SiteKind.ROAD, False, id="and for 16: silence over water is not believed"),
        pytest.param([45, 60], 20, SiteKind.RIVER, True, id="every 15 min, silent for three intervals"),
        pytest.param([46, 60], 20, SiteKind.RIVER, False, id="and for longer"),
        pytest.param([59, 60], 0, SiteKind.ROAD, True, id="a road that said dry is believed for an hour"),
        pytest.param([59, 60], 0, SiteKind.RIVER, False, id="a river's zero is a level like any other"),
        pytest.param([14], 20, SiteKind.ROAD, True, id="a single reading is fresh for 15 min"),
        pytest.param([16], 20, SiteKind.ROAD, False, id="and no longer"),
    ],
)
def test_a_reading_speaks_for_the_present_for_a_while(
    ages: list[float], level_cm: float, kind: SiteKind, is_answered: bool
) -> None:
    assert len(state(ages, [level_cm] * len(ages), kind).site_ids) == is_answered


@pytest.mark.parametrize(
    ("levels_cm", "kind", "regime"),
    [
        pytest.param([20, 19, 18], SiteKind.ROAD, Regime.RISING, id="2 mm/min up"),
        pytest.param([20, 20, 20], SiteKind.ROAD, Regime.STEADY, id="at rest"),
        pytest.param([18, 19, 20], SiteKind.ROAD, Regime.FALLING, id="2 mm/min down"),
        pytest.param([1, 1, 1], SiteKind.ROAD, Regime.DRY, id="a centimetre is no water"),
        pytest.param([1, 0, -1], SiteKind.ROAD, Regime.RISING, id="but one that rises is"),
        pytest.param([0, 0, 0], SiteKind.RIVER, Regime.STEADY, id="a river is never dry"),
    ],
)
def test_regime(levels_cm: list[float], kind: SiteKind, regime: Regime) -> None:
    assert state([0, 5, 10], levels_cm, kind).regime[0] == regime


def test_activity_is_the_range_and_fifteen_minutes_of_the_rate() -> None:
    seen = state([0, 5, 10], [20, 19, 18])  # range 2 cm, 0.2 cm/min
    assert seen.activity_m[0] == pytest.approx(0.02 + 15 * 0.002)
    assert state([0, 5], [20, 19]).activity_m[0] == UNSEEN_ACTIVITY_M  # too few to see


def test_a_road_below_its_datum_is_dry_road() -> None:
    assert state([0, 5, 10], [-2, -2, -2]).level_m[0] == 0
    assert state([0, 5, 10], [-2, -2, -2], SiteKind.RIVER).level_m[0] == -0.02


def test_of_two_sensors_at_a_site_the_one_that_spoke_last_is_taken() -> None:
    sites = [
        Series(site_id="B", kind=SiteKind.ROAD, age_min=[1], level_m=[0.1]),
        Series(site_id="A", kind=SiteKind.ROAD, age_min=[9, 14], level_m=[0.2, 0.2]),
        Series(site_id="A", kind=SiteKind.ROAD, age_min=[2], level_m=[0.3]),
    ]
    seen = state_of(Known.of(NOON, sites))
    assert seen.site_ids.tolist() == ["A", "B"]
    assert seen.level_m.tolist() == [0.3, 0.1]


def test_a_city_that_says_nothing_has_no_state() -> None:
    assert len(state_of(Known.of(NOON, [])).site_ids) == 0
