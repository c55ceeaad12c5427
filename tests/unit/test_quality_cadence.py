"""How long a sensor may be silent before that is news."""

from datetime import timedelta

import pytest

from floodcore.domain.cadence import Cadence, Mode, cadence_of
from floodcore.domain.site import SiteKind

MINUTE = timedelta(minutes=1)
STATED = cadence_of(SiteKind.ROAD, 900, 300, 60)


def minutes(cadence: Cadence, mode: Mode, own: float | None) -> float | None:
    patience = cadence.patience(mode, None if own is None else own * MINUTE)
    return None if patience is None else patience / MINUTE


@pytest.mark.parametrize(
    ("mode", "own", "waits"),
    [
        pytest.param(Mode.DRY, 15, 45, id="dry"),
        pytest.param(Mode.DRY, 1, 45, id="dry again after a flood"),
        pytest.param(Mode.RAIN, 5, 15, id="rain"),
        pytest.param(Mode.RAIN, 15, 30, id="rain that it may not have noticed before its next reading"),
        pytest.param(Mode.RAIN, None, 30, id="rain, and it has reported once"),
        pytest.param(Mode.BURST, 15, 3, id="over a limit"),
    ],
)
def test_a_sensor_is_expected_at_the_pace_that_the_register_states(mode: Mode, own: float | None, waits: float) -> None:
    assert minutes(STATED, mode, own) == waits


@pytest.mark.parametrize("mode", Mode)
def test_of_one_for_which_nothing_is_stated_its_own_pace_is_all_that_is_known(mode: Mode) -> None:
    assert minutes(Cadence(), mode, 5) == 15
    assert minutes(Cadence(), mode, None) is None


def test_a_pace_that_is_not_stated_is_no_slower_than_a_calmer_one_and_than_its_own() -> None:
    dry_alone = cadence_of(SiteKind.ROAD, 900, None, None)
    assert minutes(dry_alone, Mode.BURST, 60) == 45
    assert minutes(dry_alone, Mode.BURST, 1) == 3
    burst_alone = cadence_of(SiteKind.ROAD, None, None, 60)
    assert minutes(burst_alone, Mode.DRY, 10) == 30
    assert minutes(burst_alone, Mode.BURST, 10) == 3


def test_in_an_underpass_over_a_limit_two_intervals_are_enough_and_only_there() -> None:
    underpass = cadence_of(SiteKind.UNDERPASS, 900, 300, 60)
    assert [minutes(underpass, mode, 5) for mode in Mode] == [45, 15, 2]
    assert minutes(cadence_of(SiteKind.UNDERPASS, None, None, None), Mode.BURST, 1) == 2
