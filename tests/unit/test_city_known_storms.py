"""What is known of small and large storms in Zhengzhou is so in the constructed one, whatever its seed.

Known outcomes: 44.8 mm on 24 to 25 September 2021 cut four roads for a while; 50.2 mm in 18 hours on 11 to 12 July 2024
left six points under water; 30.7 mm in six hours on 29 July 2023 none. The rains are simple shapes of our own.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.city.build import build
from simulators.city.plan import City
from simulators.engine.part import Model
from simulators.engine.parts import Parts
from simulators.world.water import Orders

FLOODED_M, CLOSED_M = 0.15, 0.27
MINUTES_AFTER = 30
city_of = cache(build)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Highest water over the road at each watched place, its fastest rise in m/min, and the balance's error."""

    city: City
    road_m: NDArray[np.float64]
    rise_m_min: NDArray[np.float64]
    balance_pct: float

    @property
    def tunnels(self) -> NDArray[np.bool_]:
        return np.array([watched.is_tunnel for watched in self.city.watched])


def a_day_with_one_shower(total_mm: float, hours: int) -> NDArray[np.float64]:
    """Six tenths of the rain evenly, four in a shower of about an hour; mm/h in each minute."""
    minute = np.arange(60 * hours)
    shower = np.exp(-0.5 * ((minute - minute.size / 2) / 25) ** 2)
    return np.asarray(0.6 * total_mm / hours + 0.4 * total_mm * 60 * shower / shower.sum(), dtype=np.float64)


def six_hours_up_and_down(total_mm: float) -> NDArray[np.float64]:
    shape = 1 + 0.8 * np.sin(2 * np.pi * np.arange(360) / 120)
    return np.asarray(total_mm * 60 * shape / shape.sum(), dtype=np.float64)


def chicago(years: float, minutes: int) -> NDArray[np.float64]:
    """Keifer and Chu with the unverified formula of the drains; the peak after four tenths."""
    a, b, n, r = 3073 / 166.7 * (1 + 0.892 * np.log10(years)), 15.1, 0.824, 0.4
    at = np.arange(minutes) + 0.5
    from_peak = np.where(at < r * minutes, (r * minutes - at) / r, (at - r * minutes) / (1 - r))
    return np.asarray(60 * a * ((1 - n) * from_peak + b) / (from_peak + b) ** (n + 1), dtype=np.float64)


def rained_on(name: str, seed: int, mm_h: NDArray[np.float64]) -> Outcome:
    """The same rain everywhere, and half an hour more."""
    city = city_of(name, seed)
    where = [(one.part, city.parts[one.part].nodes.index(one.node)) for one in city.watched]
    zero = np.array([city.parts[part].road_m[node] for part, node in where])
    roads = []
    with Parts([Model(name=part.part_id, text=part.model) for part in city.parts]) as water:
        for rain in [*mm_h.tolist(), *[0.0] * MINUTES_AFTER]:
            orders = [Orders(rain_mm_h=np.full(len(part.gages), rain)) for part in city.parts]
            snapshots = water.advance(60.0, orders)
            roads.append(np.array([snapshots[part].depth_m[node] for part, node in where]) - zero)
        balance = water.balance_pct()
    road = np.maximum(np.array(roads), 0.0)
    return Outcome(city=city, road_m=road.max(0), rise_m_min=np.diff(road, axis=0).max(0), balance_pct=balance)


def test_the_rains_are_as_deep_as_they_say() -> None:
    assert a_day_with_one_shower(50.2, 18).sum() / 60 == pytest.approx(50.2)
    assert six_hours_up_and_down(30.7).sum() / 60 == pytest.approx(30.7)
    assert chicago(20, 120).sum() / 60 == pytest.approx(83.8, abs=0.1)  # the formula's depth of two hours


def test_a_short_shower_over_five_streets_keeps_its_water() -> None:
    outcome = rained_on("five_streets", 20210720, chicago(20, 60))

    assert abs(outcome.balance_pct) < 1.0
    assert outcome.road_m.max() > FLOODED_M  # once in twenty years some of the five is under water


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 20210720])
@pytest.mark.parametrize(
    ("mm_h", "least", "most"),
    [
        pytest.param(a_day_with_one_shower(50.2, 18), 1, 4, id="50.2 mm in 18 h: 6 points of some 240"),
        pytest.param(a_day_with_one_shower(44.8, 20), 0, 3, id="44.8 mm in 20 h: 4 roads"),
        pytest.param(six_hours_up_and_down(30.7), 0, 0, id="30.7 mm in 6 h: none"),
    ],
)
def test_a_small_storm_floods_as_few_places_as_it_did(
    seed: int, mm_h: NDArray[np.float64], least: int, most: int
) -> None:
    outcome = rained_on("district", seed, mm_h)

    assert least <= (outcome.road_m > FLOODED_M).sum() <= most
    assert not (outcome.road_m[outcome.tunnels] > FLOODED_M).any()
    assert abs(outcome.balance_pct) < 1.0


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 20210720])
def test_once_in_twenty_years_the_tunnels_are_closed(seed: int) -> None:
    outcome = rained_on("district", seed, chicago(20, 120))

    closed = outcome.road_m[outcome.tunnels] > CLOSED_M
    assert closed.mean() > 0.8
    assert outcome.rise_m_min[outcome.tunnels].max() > 0.10
    assert abs(outcome.balance_pct) < 1.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_once_in_twenty_years_the_whole_city_keeps_its_water_and_most_tunnels_are_closed() -> None:
    outcome = rained_on("city", 20210720, chicago(20, 120))

    assert (outcome.road_m[outcome.tunnels] > CLOSED_M).sum() >= 11  # of 13
    assert abs(outcome.balance_pct) < 1.0
