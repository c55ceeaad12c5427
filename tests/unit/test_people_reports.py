"""What posts and citizens tell of water: how often, how late, how far off."""

import re
from datetime import timedelta

import numpy as np
import pytest

from floodcore.domain.geo import distance_m
from floodcore.domain.picture import Picture
from floodcore.domain.site import Place
from floodcore.testing.five_streets import NOON
from simulators.people.citizen import (
    AWAY_MOST_M,
    CALLS_A_MINUTE,
    CALLS_AGAIN,
    LATE_MEDIAN,
    NONSENSE,
    OTHER_MATTERS,
    SAYS_DEPTH,
    Call,
    calls,
    calls_a_minute,
    exposure_of,
)
from simulators.people.photo import photo
from simulators.people.post import DRY_EVERY, WET_EVERY, Post, by_eye, look, manned

HERE = Place(lon=113.64, lat=34.75)
MINUTE = timedelta(minutes=1)
N_MINUTES = 20_000


def heard(depth_m: float, minutes: int, seed: int = 1) -> list[Call]:
    """All calls about one place under so much water, in so many minutes."""
    return [call for n in range(minutes) for call in calls("site-1", "甲桥下", HERE, depth_m, NOON + n * MINUTE, seed)]


CALLS = heard(0.30, N_MINUTES)
FIRST = [call for call in CALLS if not call.call_id.endswith("-r")]


def test_nobody_calls_about_a_dry_road() -> None:
    assert heard(0.0, 2000) == heard(0.05, 2000) == []


def test_the_deeper_the_more_call_up_to_a_point() -> None:
    # From 5 cm on, as often as in CALLS_A_MINUTE at 30 cm, and at most twice that: 0.175 m is halfway.
    rates = [calls_a_minute(depth, 1.0) for depth in (0.05, 0.175, 0.30, 0.55, 3.0)]
    assert rates == pytest.approx([0, 0.5 * CALLS_A_MINUTE, CALLS_A_MINUTE, 2 * CALLS_A_MINUTE, 2 * CALLS_A_MINUTE])


def test_as_many_call_as_are_to_and_some_of_them_twice() -> None:
    expected = N_MINUTES * CALLS_A_MINUTE * exposure_of("site-1", 1)
    assert abs(len(FIRST) - expected) < 3 * expected**0.5  # a Poisson number
    again = len(CALLS) - len(FIRST)
    assert abs(again - CALLS_AGAIN * len(FIRST)) < 3 * (CALLS_AGAIN * len(FIRST)) ** 0.5


def test_callers_are_not_where_they_say_and_few_name_a_depth() -> None:
    n = len(FIRST)
    away = np.array([distance_m(HERE, call.place) for call in FIRST])
    assert away.max() <= AWAY_MOST_M * 1.001
    # An exponential mean of 120 m cut at 500 m: 120 (1 - exp(-500/120)) = 118 m; its error is 118 / sqrt(n).
    assert away.mean() == pytest.approx(118, abs=3 * 118 / n**0.5)
    other = [call for call in FIRST if any(matter in call.text for matter in OTHER_MATTERS)]
    assert abs(len(other) - NONSENSE * n) < 3 * (NONSENSE * n) ** 0.5
    said = [call.depth_m for call in FIRST if call.depth_m is not None]
    share = SAYS_DEPTH * (1 - NONSENSE)
    assert abs(len(said) - share * n) < 3 * (share * n) ** 0.5
    assert np.median(said) == pytest.approx(0.30, abs=0.05)


def test_half_of_the_callers_wait_six_minutes_or_longer() -> None:
    waits = []
    for n in range(N_MINUTES):
        minute = n * MINUTE
        found = calls("site-1", "甲桥下", HERE, 0.30, NOON + minute, 1)
        waits += [(call.at - NOON - minute).total_seconds() for call in found if not call.call_id.endswith("-r")]
    # A lognormal's median: its logarithm is off by 1.25 × 0.7 / sqrt(n), three times that.
    assert np.log(np.median(waits) / LATE_MEDIAN.total_seconds()) == pytest.approx(0, abs=3 * 0.88 / len(waits) ** 0.5)


def test_a_call_is_marked_as_simulated_and_names_nobody() -> None:
    assert all(call.text.startswith("【模拟来电 site-1-") for call in CALLS)
    assert not any(re.search(r"\d{11}|先生|女士", call.text) for call in CALLS)
    assert len({call.call_id for call in CALLS}) == len(CALLS)
    again = next(call for call in CALLS if call.call_id.endswith("-r"))
    first = next(call for call in CALLS if call.call_id == again.call_id.removesuffix("-r"))
    assert (again.place, again.depth_m) == (first.place, first.depth_m) and again.at >= first.at


def test_the_same_seed_hears_the_same_calls_and_another_others() -> None:
    assert heard(0.3, 300) == heard(0.3, 300)
    assert heard(0.3, 300) != heard(0.3, 300, seed=2)


def test_three_places_of_ten_have_a_post_and_their_looks_are_spread() -> None:
    ids = [f"site-{n}" for n in range(2000)]
    posts = manned(ids, 1, NOON)
    assert abs(len(posts) - 600) < 3 * (2000 * 0.3 * 0.7) ** 0.5
    assert posts == manned(list(reversed(ids)), 1, NOON)
    waits = np.array([(post.next_look - NOON) / DRY_EVERY for post in posts])
    assert 0 <= waits.min() < 0.02 and 0.98 < waits.max() < 1
    assert waits.mean() == pytest.approx(0.5, abs=3 * 0.289 / len(posts) ** 0.5)  # uniform: sd 1 / sqrt(12)


def test_an_eye_tells_steps_of_five_centimetres_and_is_off_by_some() -> None:
    said = np.array([by_eye(0.40, 1, "site-1", NOON + n * MINUTE) for n in range(2000)])
    assert set(np.round(said / 0.05, 6) % 1) == {0.0}
    # sqrt((0.15 × 0.40)² + 0.03²) = 6.7 cm, and 5 cm / sqrt(12) = 1.4 cm of rounding: 6.9 cm.
    assert said.std() == pytest.approx(0.069, rel=0.06)
    assert said.mean() == pytest.approx(0.40, abs=3 * 0.069 / 2000**0.5)
    assert by_eye(0.0, 1, "site-1", NOON) == 0.0


def test_a_post_tells_water_while_there_is_some_and_once_when_it_is_gone() -> None:
    post = Post(site_id="site-1", next_look=NOON)
    told = []
    for minute in range(60):
        depth_m = 0.4 if 14 <= minute < 31 else 0.0
        post, said = look(post, depth_m, NOON + minute * MINUTE, 1)
        if said is not None:
            told.append((minute, said > 0))
    # It looks at 0 and 15, finds water, and then looks every five minutes: at 20, 25, 30, and finds none at 35.
    assert told == [(15, True), (20, True), (25, True), (30, True), (35, False)]
    late, _ = look(Post(site_id="site-1", next_look=NOON), 0.4, NOON + timedelta(minutes=12), 1)
    assert late.next_look == NOON + 3 * WET_EVERY  # what was missed is not made up for


@pytest.mark.parametrize("depth_m", [0.0, 0.37, 12.0])
def test_a_photo_is_a_small_png_the_same_every_time(depth_m: float) -> None:
    picture = Picture(content=photo(depth_m))
    assert (picture.media_type, picture.width_px, picture.height_px) == ("image/png", 320, 240)
    assert len(picture.content) < 4000
    assert photo(depth_m) == picture.content
    assert photo(depth_m) != photo(depth_m + 0.01)
