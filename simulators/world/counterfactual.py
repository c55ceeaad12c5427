"""What if: the same city twice from one moment, with its crews and without them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from floodcore.domain.ladders import ROAD_DEPTH_M
from floodcore.domain.levels import Level
from simulators.world.world import World

CLOSED_M = ROAD_DEPTH_M[Level.YELLOW]  # an underpass is closed at this depth over its road
TELLS_M = 0.01  # what a gauge's last digit tells


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place in both worlds. Depths over the road, m; minutes over 27 cm."""

    site_id: str
    deepest_with_m: float
    deepest_without_m: float
    minutes_with: int
    minutes_without: int


def without_crews(
    pair: tuple[World, World],
    minutes: int,
    team_ids: Sequence[str] | None = None,
    on_progress: Callable[[float], None] = lambda _share: None,
) -> list[Difference]:
    """Two branches of one world for so many minutes; the places that differ, those with the most minutes saved first.

    What crews do is held as it is now; in the second world these teams' pumps stand still from now on.

    Args:
        pair: Two branches of one moment; both go on, and whoever made them closes them.
        minutes: How far.
        team_ids: Whose pumps; everybody's when None.
        on_progress: Is told the share done, 0 to 1.
    """
    with_crews, without = pair
    without.stop_pumping(team_ids)
    depths = np.empty((2, minutes, len(with_crews.city.watched)))
    for minute in range(minutes):
        depths[0, minute] = with_crews.step().road_m
        depths[1, minute] = without.step().road_m
        on_progress((minute + 1) / minutes)
    return _differences(with_crews, depths)


def _differences(world: World, depths: np.ndarray) -> list[Difference]:
    deepest, over = depths.max(axis=1), (depths > CLOSED_M).sum(axis=1)
    found = [
        Difference(
            site_id=watched.site.site_id,
            deepest_with_m=round(float(deepest[0, number]), 3),
            deepest_without_m=round(float(deepest[1, number]), 3),
            minutes_with=int(over[0, number]),
            minutes_without=int(over[1, number]),
        )
        for number, watched in enumerate(world.city.watched)
        if over[0, number] != over[1, number] or abs(deepest[0, number] - deepest[1, number]) >= TELLS_M
    ]
    return sorted(found, key=lambda one: (one.minutes_with - one.minutes_without, one.site_id))
