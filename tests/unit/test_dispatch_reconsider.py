"""Incidents whose readings have turned out to be something else."""

from datetime import datetime, timedelta

import pytest

from dispatch.reconsider import passed_over, reconsidered
from dispatch.track import Sample
from dispatch.watch import Spell, What
from floodcore.domain.levels import Level
from floodcore.testing.five_streets import NOON, THRESHOLDS

MINUTE = timedelta(minutes=1)
NOW = NOON + 30 * MINUTE
A, B = "street-A", "street-B"


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def samples(*readings: tuple[float, float], site_id: str = A) -> list[Sample]:
    """Readings as (minutes after noon, cm)."""
    return [
        Sample(sensor_id=ord(site_id[-1]), site_id=site_id, observed_at=at(minute), depth_m=cm / 100)
        for minute, cm in readings
    ]


def spell(level: Level = Level.RED, depth_m: float = 0.6) -> Spell:
    return Spell(level=level, depth_m=depth_m, peak_depth_m=depth_m, opened_at=NOON, level_since=NOON)


@pytest.mark.parametrize(
    ("again", "what", "level", "depth_m"),
    [
        pytest.param([], What.CLOSED, Level.NORMAL, 0.0, id="all its readings are bad"),
        pytest.param([(1, 3), (2, 4)], What.CLOSED, Level.NORMAL, 0.04, id="what is left is dry"),
        pytest.param([(-5, 60), (1, 3)], What.CLOSED, Level.NORMAL, 0.03, id="what was before it is not its own"),
        pytest.param([(0, 16)], What.LEVEL, Level.BLUE, 0.16, id="less deep"),
        pytest.param([(1, 60), (2, 30)], What.LEVEL, Level.YELLOW, 0.3, id="opened by another, and fallen"),
    ],
)
def test_an_incident_is_what_its_readings_say_now(
    again: list[tuple[float, float]], what: What, level: Level, depth_m: float
) -> None:
    (change,) = reconsidered({A: spell()}, samples(*again), THRESHOLDS, NOW).changes
    assert (change.what, change.site_id, change.level, change.depth_m) == (what, A, level, depth_m)
    assert change.at == (NOW if what is What.CLOSED else at(again[-1][0]))


def test_where_the_water_was_real_nothing_changes_and_the_depth_is_brought_up_to_date() -> None:
    outcome = reconsidered({A: spell()}, samples((0, 60), (1, 55)), THRESHOLDS, NOW)
    assert outcome.changes == []
    assert (outcome.touched, outcome.spells[A].depth_m) == ({A}, 0.55)


def test_other_sites_are_not_judged_again() -> None:
    outcome = reconsidered({A: spell()}, samples((0, 60), site_id=B) + samples((0, 60)), THRESHOLDS, NOW)
    assert (outcome.changes, set(outcome.spells)) == ([], {A})


@pytest.mark.parametrize(
    ("again", "told"),
    [
        pytest.param([(0, 3), (5, 60)], [(What.OPENED, Level.RED, 5)], id="it stands since the second"),
        pytest.param([(0, 16), (5, 31)], [(What.OPENED, Level.BLUE, 0), (What.LEVEL, Level.YELLOW, 5)], id="it rose"),
        pytest.param([(0, 60), (5, 3), (15, 3)], [], id="it has come and gone"),
        pytest.param(
            [(0, 60), (5, 3), (15, 3), (20, 16)], [(What.OPENED, Level.BLUE, 20)], id="it has gone and come again"
        ),
        pytest.param([], [], id="all of them are bad still"),
    ],
)
def test_water_that_was_passed_over_is_called_if_it_stands(
    again: list[tuple[float, float]], told: list[tuple[What, Level, float]]
) -> None:
    outcome = passed_over(samples(*again), THRESHOLDS)
    assert [(one.what, one.level, (one.at - NOON) / MINUTE) for one in outcome.changes] == told
    assert outcome.touched == set(outcome.spells) == ({A} if told else set())
