"""Distances on the ground."""

import pytest

from floodcore.domain.geo import distance_m
from floodcore.domain.site import Place
from floodcore.testing.five_streets import STREETS


def test_one_degree_of_latitude_is_111_km() -> None:
    # 6,371,008.8 m × π / 180 = 111,195.1 m
    assert distance_m(Place(lon=113.6, lat=34), Place(lon=113.6, lat=35)) == pytest.approx(111_195.1, abs=0.1)


def test_streets_a_and_d_lie_three_kilometres_apart() -> None:
    first, last = STREETS[0].place, STREETS[3].place
    assert first and last
    assert distance_m(first, last) == pytest.approx(3000, rel=0.001)


def test_a_place_is_no_distance_from_itself() -> None:
    here = Place(lon=113.6, lat=34.75)
    assert distance_m(here, here) == 0


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (-181, 0)])
def test_a_place_lies_on_earth(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="not a place on earth"):
        Place(lon=lon, lat=lat)
