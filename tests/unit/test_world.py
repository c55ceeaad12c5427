"""What the world tells the engine, and what it says, in a city that can be worked out by hand (`two_bowls`)."""

from datetime import timedelta

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from simulators.testing.two_bowls import NOON, Buckets, Steady, two_bowls
from simulators.world.counterfactual import without_crews
from simulators.world.power import BACK_AFTER, Power
from simulators.world.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def water() -> Buckets:
    return Buckets()


@pytest.fixture
def world(water: Buckets) -> World:
    return World(two_bowls(), Steady(), water, start=NOON)


def test_a_minute_of_rain_is_a_millimetre_in_the_gauge_and_a_decimetre_in_the_bowl(world: World) -> None:
    world.break_pumps("A")
    for _ in range(12):
        minute = world.step()
    assert minute.at == NOON + 12 * MINUTE
    # 12 minutes: 1.2 m of water in both bowls; the road of A lies at 1 m, that of B at 2 m.
    assert minute.road_m == pytest.approx([0.2, 0.0])
    assert minute.gauge == pytest.approx([0.2, 0.0, 1.0, 1.2])  # level, pump (broken), rain mm, manhole
    assert minute.rain_mm_h == pytest.approx([60.0, 60.0])


def test_a_pump_of_its_own_is_told_to_run_and_is_seen_running(world: World, water: Buckets) -> None:
    world.step()
    minute = world.step()
    assert water.heard[-1].setting == {"pump-a": 1.0}
    assert minute.gauge[1] == 1.0


def test_a_crews_pump_takes_water_out_of_its_node_until_it_stops(world: World, water: Buckets) -> None:
    world.pump("B", "team-1", 360.0)  # 0.1 m3/s: 6 of the 10 m3 that run in a minute
    world.pump("B", "team-2", 36.0)
    minute = world.step()
    assert water.heard[-1].inflow_m3_s == pytest.approx({"b": -0.11})
    assert minute.depth_m[1] == pytest.approx((10 - 6.6) / 100)
    world.pump("B", "team-1", 0)
    world.stop_pumping()
    world.step()
    assert water.heard[-1].inflow_m3_s == {}
    assert world.pumping == {}


def test_a_cabinet_under_water_stops_its_pumps_and_its_mains_gauges(world: World, water: Buckets) -> None:
    water.volume = np.array([149.0, 0.0])  # 0.49 m over the road of A
    assert world.step().has_power.tolist() == [False, False, True, True]  # 10 m3 of rain less 6 m3 pumped: 0.53 m
    world.step()
    assert water.heard[-1].setting == {"pump-a": 0.0}
    assert world.without_power() == ["A"]


def test_power_comes_back_when_the_water_has_been_gone_for_a_while() -> None:
    power = Power(two_bowls().watched)
    power.look(np.array([0.5, 9.0]), NOON)
    assert not power.is_on(0)
    assert power.is_on(1)  # nothing there depends on power
    power.look(np.array([0.0, 0.0]), NOON + BACK_AFTER - MINUTE)
    assert not power.is_on(0)
    power.look(np.array([0.0, 0.0]), NOON + BACK_AFTER)
    assert power.is_on(0)


def test_the_river_stands_where_it_was_told_to(world: World, water: Buckets) -> None:
    assert world.raise_river("b", 93.5) == 1
    world.step()
    assert water.heard[-1].stage_m == {"b": 93.5}


def test_without_its_crew_a_place_is_worse_and_the_world_itself_is_as_before(world: World, water: Buckets) -> None:
    water.volume = np.array([0.0, 220.0])  # 0.2 m over the road of B
    world.pump("B", "team-1", 600.0)  # all that runs in
    pair = (world.branch(), world.branch())
    [difference] = without_crews(pair, 10)
    assert difference.site_id == "B"
    assert difference.deepest_with_m == pytest.approx(0.2)
    assert difference.deepest_without_m == pytest.approx(1.2)  # ten minutes of a decimetre
    assert difference.minutes_with == 0
    assert difference.minutes_without == 10  # from 0.3 m on, more than 27 cm
    assert world.at == NOON
    assert water.volume.tolist() == [0.0, 220.0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda world: world.pump("nowhere", "team-1", 100), NotFound),
        (lambda world: world.pump("B", "team-1", -1), Refused),
        (lambda world: world.pump("B", "team-1", 1e9), Refused),
        (lambda world: world.break_pumps("B"), Refused),
        (lambda world: world.break_pumps("nowhere"), NotFound),
        (lambda world: world.raise_river("nowhere", 90.0), NotFound),
    ],
    ids=[
        "no such place",
        "less than nothing",
        "more than can be",
        "no pumps",
        "no such place's pumps",
        "no such river",
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, change: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        change(world)  # type: ignore[operator]
    assert world.pumping == {}
    assert world.broken == []
