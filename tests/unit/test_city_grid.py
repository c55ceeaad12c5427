"""The grid of city management: real counts, invented outlines."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from simulators.city.grid import COUNTS, Cell, apportioned, cells_of


@cache
def cells() -> tuple[Cell, ...]:
    """Cut from 40,000 junctions that lie anywhere between the ring roads."""
    rng = np.random.default_rng(0)
    return cells_of(rng.uniform(113.52, 113.80, 40_000), rng.uniform(34.67, 34.86, 40_000))


def test_the_counts_of_all_levels_are_those_of_the_real_city() -> None:
    assert Counter(cell.level for cell in cells()) == {1: 92, 2: 1_090, 3: 7_328}
    assert COUNTS == (92, 1_090, 7_328)


def test_they_lie_in_five_districts_and_three_development_zones() -> None:
    assert len({cell.zone for cell in cells()}) == 5 + 3


def test_every_grid_lies_in_its_parent_and_every_parent_has_grids() -> None:
    by_code = {cell.code: cell for cell in cells()}
    assert len(by_code) == sum(COUNTS)
    parents = set()
    for cell in cells():
        if cell.parent is None:
            assert cell.level == 1
            continue
        parent = by_code[cell.parent]
        parents.add(parent.code)
        assert (parent.level, parent.zone) == (cell.level - 1, cell.zone)
        assert parent.west <= cell.west <= cell.east <= parent.east
        assert parent.south <= cell.south <= cell.north <= parent.north
    assert parents == {cell.code for cell in cells() if cell.level < 3}


@pytest.mark.parametrize(
    ("weights", "count", "shares"),
    [
        pytest.param([1, 1], 4, [2, 2], id="evenly"),
        pytest.param([3, 1], 6, [4, 2], id="one each, then 4 shared out 3 to 1"),
        pytest.param([1000, 1], 3, [2, 1], id="the small one has one too"),
    ],
)
def test_shares_are_whole_and_none_is_empty(weights: list[int], count: int, shares: list[int]) -> None:
    assert apportioned(weights, count) == shares
