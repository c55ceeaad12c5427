"""Tunnels and underpasses: how much they hold, and how fast their water rises."""

from functools import cache

import numpy as np
import pytest

from simulators.city.bowls import Bowl
from simulators.city.size import SIZES
from simulators.city.works import Works, works_of


@cache
def works() -> Works:
    return works_of(SIZES["city"], 20210720)


def volume_m3(bowl: Bowl) -> float:
    over = np.linspace(0, bowl.depth_m, 200)
    return float(np.trapezoid([bowl.area_m2(one) for one in over], over))


def test_an_underpass_is_a_valley_with_even_ramps() -> None:
    bowl = Bowl(
        spot=0,
        mouths=(0,),
        depth_m=4.0,
        width_m=10.0,
        flat_m=20.0,
        low_grade=0.05,
        length_m=20.0 + 2 * 4.0 / 0.05,
        crest_m=0.1,
        pumps_m3_s=0.3,
        ramps_m2=4_000.0,
        power_fails_m=0.5,
    )

    assert bowl.area_m2(0.0) == pytest.approx(10 * 20)
    assert bowl.area_m2(1.0) == pytest.approx(10 * (20 + 2 * 1 / 0.05))
    assert bowl.area_m2(9.0) == bowl.area_m2(4.0)  # over its rim it is as wide as at its rim
    assert volume_m3(bowl) == pytest.approx(10 * (20 * 4 + 4**2 / 0.05), rel=1e-3)


def test_the_three_jingguang_tunnels_hold_what_was_pumped_out_of_them() -> None:
    """Published: 300,000 to 500,000 m3, and 2 stations of 3 pumps of 295 m3/h."""
    jingguang = [bowl for bowl in works().bowls if works().spots[bowl.spot].site_id in {"T-01", "T-02", "T-03"}]

    assert 300_000 <= sum(volume_m3(bowl) for bowl in jingguang) <= 500_000
    assert all(bowl.pumps_m3_s * 3_600 == pytest.approx(2 * 3 * 295) for bowl in jingguang)


def test_a_tunnel_has_two_mouths_in_the_model_that_its_water_is_in() -> None:
    for bowl in works().bowls:
        spot = works().spots[bowl.spot]
        assert 1 <= len(bowl.mouths) <= (2 if spot.tunnel else 1)
        assert len({int(works().part[mouth]) for mouth in bowl.mouths}) == 1
        assert works().part[bowl.mouths[0]] == works().part[spot.crossing]
    mouths = [mouth for bowl in works().bowls for mouth in bowl.mouths]
    assert len(set(mouths)) == len(mouths)


def test_only_some_roads_are_choked_and_none_is_shut() -> None:
    """As evenly in every seed: of 100 roads, about as many keep less than a fifth of their clean capacity."""
    for seed in (1, 2):
        built = works_of(SIZES["city"], seed)
        share = 0.013 / built.drains.roughness
        assert share.min() >= 0.075 - 1e-9
        roads = [
            spot.crossing for number, spot in enumerate(built.spots) if number not in {b.spot for b in built.bowls}
        ]
        badly = share[roads] < 0.2
        assert 0.03 <= badly.mean() <= 0.15
