"""What a simulated crew does next. A to B Street is a kilometre, 1.3 km on the road; at 6.5 m/s that takes 200 s."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floodcore.domain.geo import distance_m
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place
from floodcore.testing.five_streets import NOON, STREETS
from simulators.people.crew import Fix, Task, moved, next_step
from simulators.people.habits import Temper, temper

A, B = (street.place for street in STREETS[:2])
assert A and B
HOW = Temper(
    accept_after=timedelta(seconds=60),
    depart_after=timedelta(seconds=120),
    speed_m_s=6.5,
    work_at_most=timedelta(hours=2),
)
AT_A = Fix(place=A, at=NOON - timedelta(days=1))


def task(state: str, *, site: Place | None = B, water_is_gone: bool = False) -> Task:
    return Task(
        order_id="1",
        state=OrderState(state),
        since=NOON,
        site=site,
        travel=timedelta(minutes=5),
        water_is_gone=water_is_gone,
    )


@pytest.mark.parametrize(
    ("state", "seconds", "step"),
    [
        ("proposed", 9999, None),
        ("confirmed", 60, Step.ACKNOWLEDGE),
        ("sent", 59, None),
        ("sent", 60, Step.ACKNOWLEDGE),
        ("acknowledged", 119, None),
        ("acknowledged", 120, Step.DEPART),
        ("en_route", 195, None),
        ("en_route", 205, Step.ARRIVE),
        ("on_scene", 7199, None),
        ("on_scene", 7200, Step.FINISH),
        ("done", 9999, None),
        ("recalled", 9999, None),
    ],
)
def test_each_step_is_taken_when_its_time_has_come(state: str, seconds: float, step: Step | None) -> None:
    assert next_step(task(state), HOW, AT_A, NOON + timedelta(seconds=seconds)) is step


@pytest.mark.parametrize(("minutes", "step"), [(5, None), (10, Step.FINISH)])
def test_when_the_water_is_gone_the_crew_goes_but_not_at_once(minutes: float, step: Step | None) -> None:
    assert next_step(task("on_scene", water_is_gone=True), HOW, AT_A, NOON + timedelta(minutes=minutes)) is step


@pytest.mark.parametrize("fix", [None, AT_A])
def test_a_crew_that_does_not_know_the_way_takes_as_long_as_the_order_says(fix: Fix | None) -> None:
    lost = task("en_route", site=None if fix else B)
    assert next_step(lost, HOW, fix, NOON + timedelta(seconds=299)) is None
    assert next_step(lost, HOW, fix, NOON + timedelta(seconds=300)) is Step.ARRIVE


def test_halfway_in_time_is_halfway_along_the_line() -> None:
    half = moved(task("en_route"), HOW, AT_A, NOON + timedelta(seconds=100))
    assert distance_m(A, half.place) == pytest.approx(500, rel=0.01)
    assert half.place.lat == A.lat


def test_many_small_moves_arrive_when_one_great_one_would_and_never_beyond() -> None:
    fix = AT_A
    for seconds in range(10, 300, 10):
        now = NOON + timedelta(seconds=seconds)
        if next_step(task("en_route"), HOW, fix, now):
            break
        fix = moved(task("en_route"), HOW, fix, now)
    assert seconds == 200 or seconds == 210
    assert moved(task("en_route"), HOW, fix, NOON + timedelta(days=1)).place == B


def test_a_crew_moves_only_on_its_way() -> None:
    for state in ("sent", "acknowledged", "on_scene"):
        assert moved(task(state), HOW, AT_A, NOON + timedelta(hours=1)) == AT_A


def test_a_crew_that_is_there_already_arrives_at_once() -> None:
    there = replace(AT_A, place=B)
    assert next_step(task("en_route"), HOW, there, NOON) is Step.ARRIVE
    assert moved(task("en_route"), HOW, there, NOON).place == B


def test_the_same_seed_makes_the_same_crew_and_another_another() -> None:
    assert temper(1, "team-01", "7") == temper(1, "team-01", "7")
    assert len({temper(seed, team, order).speed_m_s for seed in (1, 2) for team in "ab" for order in "12"}) == 8
