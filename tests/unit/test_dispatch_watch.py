"""Stories of B Street: water comes, flickers, goes. The ladder: 15, 27, 40, 50 cm, 2 cm of hysteresis."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from dispatch.track import Sample
from dispatch.watch import Outcome, Spell, follow
from floodcore.domain.ladders import road_ladder
from floodcore.domain.levels import Level
from floodcore.testing.five_streets import NOON, SINCE, THRESHOLDS

B = "street-B"
MINUTE = timedelta(minutes=1)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def readings(depths_cm: Iterable[float], *, start: float = 0, every: float = 1, sensor: int = 1) -> list[Sample]:
    return [
        Sample(sensor_id=sensor, site_id=B, observed_at=at(start + number * every), depth_m=depth / 100)
        for number, depth in enumerate(depths_cm)
    ]


def told(outcome: Outcome) -> list[tuple[float, str, Level]]:
    """Minute, what, level."""
    return [((change.at - NOON) / MINUTE, change.what.value, change.level) for change in outcome.changes]


def watch(samples: Iterable[Sample], before: Outcome | None = None) -> Outcome:
    known = before or Outcome()
    return follow(samples, spells=known.spells, tracks=known.tracks, thresholds=THRESHOLDS)


def test_water_comes_and_goes() -> None:
    outcome = watch(readings([0, 16, 30, 45, 60, 49, 41, 30, 14, *[5] * 11]))
    assert told(outcome) == [
        (1, "opened", Level.BLUE),
        (2, "level", Level.YELLOW),
        (3, "level", Level.ORANGE),
        (4, "level", Level.RED),
        # 49 cm is above 50 - 2: still red
        (6, "level", Level.ORANGE),
        (7, "level", Level.YELLOW),
        (8, "level", Level.BLUE),  # 14 cm is above 15 - 2
        (9, "level", Level.NORMAL),
        (19, "closed", Level.NORMAL),  # ten minutes after the first reading below
    ]
    assert outcome.spells == {}


def test_from_ankle_to_roof_between_two_readings_is_red_at_once() -> None:
    assert told(watch(readings([8, 155]))) == [(1, "opened", Level.RED)]


def test_a_single_high_reading_is_no_spike_to_be_dropped() -> None:
    assert told(watch(readings([0, 31, 0, 0])))[0] == (1, "opened", Level.YELLOW)


@pytest.mark.parametrize(
    "depths",
    [
        pytest.param([15, 14, 15, 14, 15, 14], id="around the threshold"),
        pytest.param([15, 13, 15, 13], id="down to the hysteresis, not past it"),
    ],
)
def test_a_flicker_is_one_incident_without_steps(depths: list[float]) -> None:
    assert told(watch(readings(depths))) == [(0, "opened", Level.BLUE)]


def test_a_shower_within_ten_minutes_goes_on_with_the_same_incident() -> None:
    outcome = watch(readings([20, 5, 5, 5, 20, *[5] * 10]))
    assert told(outcome) == [
        (0, "opened", Level.BLUE),
        (1, "level", Level.NORMAL),
        (4, "level", Level.BLUE),
        (5, "level", Level.NORMAL),
    ]
    assert outcome.spells[B].below_since == at(5)  # the wait began anew


def test_between_hysteresis_and_threshold_the_wait_does_not_run() -> None:
    outcome = watch(readings([20, 5, *[14] * 15]))
    assert outcome.spells[B].below_since is None
    assert outcome.spells[B].level is Level.NORMAL


def test_silence_above_a_threshold_closes_nothing() -> None:
    before = watch(readings([20, 22]))
    assert told(watch([], before)) == []
    assert told(watch(readings([5], start=600), before)) == [(600, "level", Level.NORMAL)]  # one reading is not ten min


def test_every_reading_between_two_looks_is_judged() -> None:
    """A crossing that began and ended within one batch, out of order in it."""
    samples = readings([0, 20, *[5] * 11])
    assert told(watch(reversed(samples))) == [
        (1, "opened", Level.BLUE),
        (2, "level", Level.NORMAL),
        (12, "closed", Level.NORMAL),
    ]


def test_a_late_reading_never_takes_a_level_back() -> None:
    before = watch(readings([20, 30], start=10))
    late = watch(readings([2, 60], start=5), before)
    assert told(late) == []
    assert late.spells == before.spells


def test_the_same_batch_again_changes_nothing() -> None:
    samples = readings([0, 20, 30])
    before = watch(samples)
    again = watch(samples, before)
    assert (told(again), again.spells, again.touched) == ([], before.spells, set())


@pytest.mark.parametrize("cut", range(1, 20))
def test_where_the_looks_fall_makes_no_difference(cut: int) -> None:
    samples = readings([0, 16, 30, 45, 60, 49, 41, 30, 14, *[5] * 11])
    first = watch(samples[:cut])
    second = watch(samples[cut:], first)
    assert told(first) + told(second) == told(watch(samples))


def test_two_gauges_up_with_any_down_with_both() -> None:
    deep, shallow = readings([30, 30, 5], every=2, sensor=1), readings([5, 5, 5], start=1, every=2, sensor=2)
    outcome = watch([*deep, *shallow])
    assert told(outcome) == [(0, "opened", Level.YELLOW), (4, "level", Level.NORMAL)]


def test_a_gauge_that_died_before_the_incident_does_not_hold_it_open() -> None:
    dead = watch(readings([14], start=-60, sensor=2))  # just below, then never again
    outcome = watch(readings([20, *[5] * 11]), dead)
    assert told(outcome)[-1] == (11, "closed", Level.NORMAL)


def test_a_gauge_that_dies_does_not_pin_the_site_while_another_speaks() -> None:
    dead = watch(readings([60], sensor=1))
    speaking = readings([*[0] * 192, 55, 55], start=5, every=5, sensor=2)  # dry for sixteen hours, then red again
    assert told(watch(speaking, dead)) == [
        (65, "level", Level.NORMAL),  # an hour after a single reading, whose own pace nobody knows
        (75, "closed", Level.NORMAL),
        (965, "opened", Level.RED),
    ]


def test_a_gauge_that_dies_is_waited_for_as_long_as_its_own_pace_says() -> None:
    dead = watch(readings([50, 60], every=5, sensor=1))
    speaking = readings([0] * 20, start=6, every=1, sensor=2)
    assert told(watch(speaking, dead)) == [(21, "level", Level.NORMAL)]  # it spoke every 5 min, last at 12:05


def test_the_deepest_is_kept() -> None:
    spell = watch(readings([16, 33, 21])).spells[B]
    assert spell == Spell(
        level=Level.BLUE, depth_m=0.21, peak_depth_m=0.33, opened_at=at(0), level_since=at(2), below_since=None
    )


def test_a_site_without_thresholds_is_never_judged() -> None:
    samples = [Sample(sensor_id=9, site_id="street-E", observed_at=at(0), depth_m=3.0)]
    assert told(watch(samples)) == []


def test_each_reading_is_held_against_the_thresholds_of_its_day() -> None:
    """Until 12:01 the ladder begins at 15 cm, from then on nothing is set."""
    until = tuple(
        type(step)(level=step.level, depth_m=step.depth_m, valid_from=step.valid_from, valid_to=at(1))
        for step in road_ladder(SINCE)
    )
    outcome = follow(readings([20, 20]), spells={}, tracks={}, thresholds={B: until})
    assert told(outcome) == [(0, "opened", Level.BLUE), (1, "level", Level.NORMAL)]
