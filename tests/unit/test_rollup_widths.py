"""Rollups lie within each other."""

from datetime import timedelta
from itertools import pairwise

from floodcore.domain.rollup import Every


def test_each_width_is_a_whole_number_of_those_before_it() -> None:
    assert [every.width for every in Every] == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
    for shorter, longer in pairwise(Every):
        assert longer.minutes % shorter.minutes == 0, longer
