"""The default ladder for roads: 15, 27, 40, 50 cm, each left 2 cm lower."""

from datetime import timedelta

import pytest

from floodcore.domain.ladders import road_ladder
from floodcore.domain.levels import Ladder, Level, Threshold
from floodcore.testing.five_streets import NOON, SINCE

LADDER = Ladder.at(road_ladder(SINCE), NOON)
L = Level


@pytest.mark.parametrize(
    ("depth_cm", "level"),
    [(-1, 0), (0, 0), (14.9, 0), (15, 1), (26.9, 1), (27, 2), (39.9, 2), (40, 3), (49.9, 3), (50, 4), (300, 4)],
)
def test_the_level_of_a_depth(depth_cm: float, level: int) -> None:
    assert LADDER.level_of(depth_cm / 100) == level


@pytest.mark.parametrize(
    ("present", "depth_cm", "kept"),
    [
        pytest.param(L.BLUE, 13, L.BLUE, id="at the hysteresis it is kept"),
        pytest.param(L.BLUE, 12.9, L.NORMAL, id="past it, it ends"),
        pytest.param(L.RED, 48, L.RED, id="red is kept"),
        pytest.param(L.RED, 47.9, L.ORANGE, id="one step down"),
        pytest.param(L.RED, 26, L.YELLOW, id="three readings' worth in one, down to where the hysteresis holds"),
        pytest.param(L.RED, 0, L.NORMAL, id="all the way"),
        pytest.param(L.NORMAL, 14, L.NORMAL, id="hysteresis never raises"),
        pytest.param(L.BLUE, 39, L.YELLOW, id="nor past the level of the depth"),
        pytest.param(L.BLUE, 55, L.RED, id="up at once"),
    ],
)
def test_the_level_that_is_kept(present: Level, depth_cm: float, kept: Level) -> None:
    assert LADDER.level_kept(depth_cm / 100, present) is kept


def test_a_ladder_is_of_its_day() -> None:
    old = Threshold(level=L.BLUE, depth_m=0.1, valid_from=SINCE, valid_to=NOON)
    new = Threshold(level=L.BLUE, depth_m=0.2, valid_from=NOON)
    assert Ladder.at((old, new), NOON - timedelta(seconds=1)).level_of(0.15) is L.BLUE
    assert Ladder.at((old, new), NOON).level_of(0.15) is L.NORMAL
    assert Ladder.at((old, new), SINCE - timedelta(days=1)).level_of(9.0) is L.NORMAL
