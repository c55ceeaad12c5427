"""Each check by itself, on a dozen readings with the arithmetic beside them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from floodcore.domain.quality import Flag, names, quality_of
from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind
from floodcore.domain.upkeep import Action, Correction, Maintenance, Mount
from ingest.quality.counter import amounts
from ingest.quality.level import levels
from ingest.quality.obstruction import figures, shipped_rule
from ingest.quality.said import Said
from ingest.quality.series import Series
from ingest.quality.surroundings import UNSEEN, Surroundings
from ingest.quality.verdict import Verdict, beside_others, by_itself

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def series(
    values: Sequence[float],
    *,
    every_min: float = 1,
    start_min: float = 0,
    quantity: Quantity = Quantity.LEVEL,
    kind: SiteKind = SiteKind.ROAD,
) -> Series:
    at_s = (start_min + np.arange(len(values)) * every_min) * 60.0
    return Series(quantity=quantity, kind=kind, at_s=at_s, value=np.array(values, dtype=np.float64))


def judged(one: Series, said: Said | None = None, around: Surroundings = UNSEEN) -> Verdict:
    return beside_others(by_itself(one, np.zeros(len(one), dtype=np.int64), said or Said()), around)


def found(one: Series, said: Said | None = None, around: Surroundings = UNSEEN) -> list[list[str]]:
    return [names(flags) for flags in judged(one, said, around).flags.tolist()]


def correction(
    action: Action, begins_min: int, ends_min: int, value: float | None = None, number: int = 1
) -> Correction:
    return Correction(
        correction_id=number,
        sensor_id=1,
        begins=EPOCH + begins_min * MINUTE,
        ends=EPOCH + ends_min * MINUTE,
        action=action,
        value=value,
        author="officer",
        reason="looked",
    )


# Range ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "level_m", "is_bad"),
    [
        (SiteKind.ROAD, -0.9, False),  # a mount that was measured badly
        (SiteKind.ROAD, 19.0, False),
        (SiteKind.ROAD, 25.5, True),
        (SiteKind.ROAD, -1.5, True),
        (SiteKind.RIVER, 88.3, False),  # over the sea
        (SiteKind.WELL, -12.0, False),
    ],
)
def test_only_what_no_place_of_the_kind_can_show_is_bad(kind: SiteKind, level_m: float, is_bad: bool) -> None:
    assert found(series([level_m], kind=kind)) == [["range"] if is_bad else []]


def test_rain_is_held_against_the_most_that_ever_fell_in_the_time() -> None:
    # 390 mm x sqrt(1/60 h) are 50 mm in a minute; the first amount may be of a whole day.
    rain = series([60.0, 60.0, 3.0], quantity=Quantity.RAIN, kind=SiteKind.RAIN)
    assert found(rain) == [[], ["range"], []]


# Rate ----------------------------------------------------------------------------------------------------------


def test_eleven_centimetres_a_minute_are_fast_and_nine_are_not() -> None:
    assert found(series([0.0, 0.11, 0.20, 0.29])) == [[], ["fast"], [], []]


def test_a_jump_within_the_noise_of_the_gauge_is_no_rate() -> None:
    assert found(series([0.0, 0.04, 0.0], every_min=0.1)) == [[], [], []]  # 40 cm/min, and 4 cm


def test_after_a_pause_nobody_knows_how_fast_it_came() -> None:
    assert found(series([0.0, 4.0], every_min=31)) == [[], []]


def test_rain_above_five_millimetres_a_minute_is_fast() -> None:
    rain = series([1.0, 26.0, 24.0], every_min=5, quantity=Quantity.RAIN, kind=SiteKind.RAIN)
    assert found(rain) == [[], ["fast"], []]  # 26 / 5 = 5.2; 24 / 5 = 4.8


# Excursions ----------------------------------------------------------------------------------------------------


def test_a_lorry_is_a_spike_once_the_road_is_back() -> None:
    lorry = [0.01, 0.02, 1.40, 0.01, 0.02, 0.01]
    assert found(series(lorry[:3]))[-1] == ["fast"]
    assert found(series(lorry))[2] == ["fast", "spike", "disproved"]
    assert judged(series(lorry)).quality.tolist() == [1, 1, 3, 1, 1, 1]


def test_a_parked_car_is_a_step_from_zero_and_back() -> None:
    car = [0.01, 0.02, *[0.90] * 12, 0.02, 0.01, 0.02]
    assert found(series(car))[2:14] == [["fast", "zero_step", "disproved"]] * 12


def test_traffic_is_a_chain_of_pulses() -> None:
    assert found(series([0.01, 0.0, 0.9, 0.4, 0.7, 0.0, 0.01, 0.0]))[2:5] == [["fast", "zero_step", "disproved"]] * 3


def test_a_flood_that_rises_holds_and_falls_as_water_does_is_no_car() -> None:
    flood = [0.0, 0.05, 0.12, 0.20, 0.30, 0.30, 0.30, 0.26, 0.20, 0.15, 0.11, 0.08, 0.05, 0.02]
    assert found(series(flood)) == [[]] * len(flood)


def test_a_dip_that_came_back_hides_no_water() -> None:
    dip = [0.60, 0.61, 0.0, 0.62, 0.62]
    assert found(series(dip)) == [[], [], ["fast", "spike", "disproved"], [], []]


def test_without_a_sign_of_life_a_spike_is_only_suspect() -> None:
    assert judged(series([0.0, 0.0, 0.9, 0.0, 0.0, 0.0])).quality.tolist() == [1, 1, 2, 2, 1, 1]


DRY_HOURS = series([0.0] * 40, every_min=15, start_min=-420, quantity=Quantity.RAIN, kind=SiteKind.RAIN)


def test_in_dry_weather_the_same_spike_was_no_water() -> None:
    dry = Surroundings(rain=(DRY_HOURS,))
    assert judged(series([0.0, 0.0, 0.9, 0.0, 0.0, 0.0]), around=dry).quality.tolist() == [1, 1, 3, 1, 1, 1]


def test_a_wet_street_beside_it_is_no_dry_weather() -> None:
    around = Surroundings(rain=(DRY_HOURS,), near=(series([0.30] * 6),))
    spike = judged(series([0.0, 0.0, 0.9, 0.0, 0.0, 0.0]), around=around)
    assert spike.is_usable.all()


def test_in_a_flood_it_is_the_zeros_that_are_false() -> None:
    # An echo that is lost for a quarter of an hour, again and again, in 1.2 m of water: by its shape a car.
    lost = [0.01, 0.0, 0.01, *[0.0, 0.01] * 7]
    flood = series([*lost, *[1.20] * 10, *lost])
    wet = Surroundings(near=(series([0.30] * 44),))
    assert found(flood)[17] == ["fast", "zero_step", "disproved"]
    assert judged(flood, around=wet).is_usable.all()


RAIN = series([0.0] * 20 + [2.0] * 20, every_min=15, start_min=-420, quantity=Quantity.RAIN, kind=SiteKind.RAIN)


@pytest.mark.parametrize(
    ("around", "worth"),
    [
        (UNSEEN, 3),
        (Surroundings(rain=(DRY_HOURS,)), 3),
        (Surroundings(rain=(RAIN,)), 2),
        (Surroundings(near=(series([0.30] * 10),)), 2),
        (Surroundings(beside=(series([0.30] * 10),)), 2),
    ],
)
def test_a_single_echo_of_a_flooded_head_counts_where_it_rains_or_is_wet(around: Surroundings, worth: int) -> None:
    """Under water a head says zero, give or take a centimetre, and finds the water once in a while."""
    flooded = judged(series([0.01, 0.0, 0.01, 0.90, 0.0, 0.01, 0.0, 0.01]), around=around)
    assert "spike" in names(int(flooded.flags[3]))
    assert flooded.quality[3] == worth


# Flat ----------------------------------------------------------------------------------------------------------


def test_water_that_stands_still_for_three_hours_may_be_a_stuck_gauge() -> None:
    still = found(series([0.31, *[0.30] * 15], every_min=15))
    assert still[12] == [] and still[13:] == [["flat"]] * 3  # 0.30 since 15 min; three hours later is 195 min


def test_a_dry_road_and_a_river_may_be_as_still_as_they_like() -> None:
    assert found(series([0.0] * 30, every_min=15)) == [[]] * 30
    assert found(series([1.3] * 30, every_min=15, kind=SiteKind.RIVER)) == [[]] * 30


# Surroundings --------------------------------------------------------------------------------------------------


def test_deep_water_among_dry_gauges_stands_alone() -> None:
    dry = series([0.0, 0.01, 0.0])
    assert found(series([0.10, 0.20, 0.20]), around=Surroundings(near=(dry, dry))) == [[], ["neighbour"], ["neighbour"]]
    assert found(series([0.20]), around=Surroundings(near=(dry,))) == [[]]  # one dry gauge is no majority


def test_a_silent_rain_gauge_is_no_dry_weather() -> None:
    stopped = DRY_HOURS.only(DRY_HOURS.at_s < -3600)
    assert found(series([0.10]), around=Surroundings(rain=(DRY_HOURS,))) == [["rain"]]
    assert found(series([0.10]), around=Surroundings(rain=(stopped,))) == [[]]


# People --------------------------------------------------------------------------------------------------------


def test_a_person_outranks_every_check() -> None:
    said = Said(corrections=(correction(Action.GOOD, 2, 2), correction(Action.BAD, 4, 4, number=2)))
    verdict = judged(series([0.01, 0.02, 25.0, 0.01, 0.02, 0.01]), said)
    assert verdict.quality.tolist() == [1, 1, 1, 2, 3, 1]  # 25 m down to 1 cm is fast
    assert {"range", "held_good"} <= set(names(int(verdict.flags[2])))  # the reason stays beside the word


def test_a_value_that_was_set_is_good_and_one_that_was_shifted_is_checked() -> None:
    said = Said(
        corrections=(correction(Action.SET, 1, 1, 0.05), correction(Action.SHIFT, 2, 3, -0.9, number=2)),
    )
    verdict = judged(series([0.01, 7.0, 0.95, 30.9]), said)
    assert verdict.series.value.tolist() == pytest.approx([0.01, 0.05, 0.05, 30.0])
    assert verdict.quality.tolist() == [1, 1, 1, 3]


def test_of_two_words_the_later_holds() -> None:
    said = Said(corrections=(correction(Action.BAD, 0, 5), correction(Action.GOOD, 0, 5, number=2)))
    assert judged(series([0.1]), said).quality.tolist() == [1]


def test_work_at_the_device_is_no_water_from_its_begin_to_before_its_end() -> None:
    work = Maintenance(
        maintenance_id=1, device_id="a", begins=EPOCH + MINUTE, ends=EPOCH + 3 * MINUTE, reason="r", author="a"
    )
    assert judged(series([0.0, 2.0, 2.0, 0.0]), Said(maintenance=(work,))).quality.tolist() == [1, 3, 3, 1]


# Computed values -----------------------------------------------------------------------------------------------


def totals(values: Sequence[float], every_min: float = 5) -> Series:
    return series(values, every_min=every_min, quantity=Quantity.RAIN_TOTAL, kind=SiteKind.RAIN)


def test_amounts_are_differences_and_add_up_to_the_course_of_the_counter() -> None:
    rain = amounts(totals([10.0, 10.2, 10.2, 14.0]), None)
    assert rain.series.value.tolist() == pytest.approx([0.2, 0.0, 3.8])
    assert [names(flags) for flags in rain.flags.tolist()] == [["derived"]] * 3


def test_a_counter_that_rolls_over_and_one_that_begins_anew() -> None:
    rolled = amounts(totals([998.0, 1.0]), 1000.0)
    assert (rolled.series.value.tolist(), names(int(rolled.flags[0]))) == ([3.0], ["derived"])
    anew = amounts(totals([400.0, 1.0]), 1000.0)  # 601 mm in five minutes cannot be
    assert (anew.series.value.tolist(), names(int(anew.flags[0]))) == ([1.0], ["derived", "reset"])
    put_right = amounts(totals([400.0, 399.0]), None)
    assert (put_right.series.value.tolist(), names(int(put_right.flags[0]))) == ([0.0], ["derived", "reset"])


def test_an_amount_over_a_pause_is_true_in_sum() -> None:
    rain = amounts(totals([10.0, 22.0, 22.0], every_min=40), None)
    assert [names(flags) for flags in rain.flags.tolist()] == [["derived", "gap"], ["derived"]]


def test_a_level_is_taken_from_the_mount_that_held_then() -> None:
    def mount(height_m: float | None, begins_min: int, ends_min: int | None) -> Mount:
        return Mount(
            device_id="a",
            height_m=height_m,
            datum_m=None,
            valid_from=EPOCH + begins_min * MINUTE,
            valid_to=None if ends_min is None else EPOCH + ends_min * MINUTE,
            source="surveyed",
        )

    distance = series([3.9, 3.9, 3.9, 3.9], quantity=Quantity.DISTANCE)
    found_m = levels(distance, [mount(4.0, 0, 1), mount(4.1, 1, 2), mount(None, 2, 3)])
    assert found_m.value.tolist() == pytest.approx([0.1, 0.2])  # nobody knows a height from minute 2 on


# Obstruction ---------------------------------------------------------------------------------------------------


def fortnight(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    at_s = np.arange(144 * 14) * 600.0
    storm = 0.4 * np.exp(-np.maximum(at_s - 5 * 86400, 0) / 86400) * (at_s > 5 * 86400)
    return at_s, np.round(0.5 + storm + rng.normal(0, 0.002, len(at_s)), 3)


def test_a_storm_is_no_obstruction_and_rubbish_before_the_head_is() -> None:
    rng = np.random.default_rng(1)
    at_s, clean_m = fortnight(rng)
    rubbish_m = np.where(rng.random(len(at_s)) < 0.03, clean_m + 1.2, clean_m)
    stuck_m = np.where(at_s > 10 * 86400, 2.1, rubbish_m)
    rule = shipped_rule()
    clean, rubbish, stuck = (figures(at_s, level_m) for level_m in (clean_m, rubbish_m, stuck_m))
    assert clean and rubbish and stuck
    assert not rule.is_obstructed(clean)
    assert rule.is_obstructed(rubbish)
    assert rule.probability(stuck) > rule.probability(rubbish) > rule.probability(clean)


def test_a_few_days_say_nothing_about_a_habit() -> None:
    assert figures(np.arange(144 * 6) * 600.0, np.zeros(144 * 6)) is None


# Worth ---------------------------------------------------------------------------------------------------------


def test_the_worth_of_many_is_the_worth_of_each() -> None:
    flags = np.arange(1 << 20, step=37)
    verdict = Verdict(series=series([0.0]), flags=flags)
    assert verdict.quality.tolist() == [int(quality_of(Flag(one))) for one in flags.tolist()]
