"""What `bench simulate` makes its figures of."""

from dataclasses import replace

import numpy as np

from onemap.bench.simulate import _ensemble_figures, of_parts
from simulators.city.plan import City, Part
from simulators.testing.two_bowls import A, two_bowls


def _part(part_id: str, nodes: int) -> Part:
    names = tuple(f"{part_id}{number}" for number in range(nodes))
    at = np.full(nodes, A.lon), np.full(nodes, A.lat)
    return Part(part_id=part_id, model="", gages=(A,), nodes=names, lon=at[0], lat=at[1], road_m=np.ones(nodes))


def _city() -> City:
    """Parts of 30, 9 and 12 nodes; bowl A is in the last and bowl B in the first of them, and so are their gauges."""
    city = two_bowls()
    bowl_a, bowl_b = city.watched
    part_of = {"A": 2, "B": 0}
    return replace(
        city,
        parts=(_part("x", 30), _part("y", 9), _part("z", 12)),
        watched=(replace(bowl_a, part=2, node="z0"), replace(bowl_b, part=0, node="x0")),
        gauges=tuple(replace(gauge, part=part_of[gauge.site_id]) for gauge in city.gauges),
    )


def test_the_two_parts_nearest_to_a_size_are_a_city_of_their_own() -> None:
    city = of_parts(_city(), 10)

    assert [part.part_id for part in city.parts] == ["y", "z"]
    # Bowl A was in the third part, which is the second now; bowl B is not in this city, and nor are its gauges.
    assert [(one.site.site_id, one.part) for one in city.watched] == [("A", 1)]
    assert [(gauge.device_id, gauge.part) for gauge in city.gauges] == [("level-a", 1), ("pump-a", 1)]


def test_only_the_full_run_gives_the_promised_figure() -> None:
    assert _ensemble_figures(100, 300.0) == {"ensemble100_s": 300.0}
    # 30 s for ten storms would be 300 s for a hundred.
    assert _ensemble_figures(10, 30.0) == {"ensemble_storms": 10, "ensemble_s": 30.0, "ensemble100_scaled_s": 300.0}
