"""How often gauges fail is what the table of rates says, within four standard deviations of chance."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log, sqrt

import numpy as np
import pytest

from simulators.city.plan import GaugeKind
from simulators.instruments.draws import Draws
from simulators.instruments.faults import Fault
from simulators.instruments.habits import COURSES, Habit, Windows
from simulators.instruments.power import Power
from simulators.instruments.radio import Radio
from simulators.instruments.rates import HARSH, NONE, TYPICAL, FaultRates
from tests.unit.instruments_minutes import DAY, HEAD_M, MIDNIGHT, gauges, play, readings

CHINA = timedelta(hours=8)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def assert_binomial(found: int, trials: int, share: float) -> None:
    """Within four standard deviations: by chance once in sixteen thousand seeds, and ours is fixed."""
    deviation = sqrt(trials * share * (1 - share))
    assert abs(found - trials * share) < 4 * deviation, f"{found} of {trials}, and {trials * share:.0f} were due"


def test_noise_of_an_ultrasonic_gauge_is_6_mm() -> None:
    errors = [
        one.value - one.true_value
        for one in readings(play(gauges(40, GaugeKind.ULTRASONIC), DAY, rates=replace(NONE, noise=1.0)))
    ]
    # 40 gauges send 96 times a day. A deviation estimated from n values is off by 6 mm / sqrt(2 n) = 0.07 mm.
    assert len(errors) >= 40 * 96
    assert abs(np.std(errors) - 0.006) < 4 * 0.006 / sqrt(2 * 40 * 96)
    assert abs(np.mean(errors)) < 4 * 0.006 / sqrt(40 * 96)


def test_7_in_100_messages_are_lost() -> None:
    due = len(readings(play(gauges(200), DAY, rates=NONE)))
    assert due == 200 * 96
    assert_binomial(due - len(readings(play(gauges(200), DAY, rates=replace(NONE, lost=0.07)))), due, 0.07)


def test_one_blip_a_day_and_gauge() -> None:
    blips = [
        one
        for one in readings(play(gauges(200), DAY, rates=replace(NONE, blips_per_day=1.0)))
        if one.faults & Fault.BLIP
    ]
    assert_binomial(len(blips), 200 * DAY, 1 / DAY)  # 200, deviation 14: a blip is over 5 cm, so each is sent at once
    assert all(one.value - one.true_value >= 0.055 for one in blips)


@pytest.mark.parametrize(
    ("habit", "share"),
    [
        (Habit.PULSES, TYPICAL.pulse_days),
        (Habit.BOX, TYPICAL.box_days),
        (Habit.STUCK, TYPICAL.stuck_days),
        (Habit.NIGHT, TYPICAL.weak_nights),
        (Habit.RESET, TYPICAL.resets_per_day),
    ],
)
def test_a_habit_takes_its_share_of_the_days(habit: Habit, share: float) -> None:
    devices, days = 4000, 3
    draws = Draws(7, [f"g-{n}" for n in range(devices)])
    windows = Windows(habit, np.full(devices, share), draws, CHINA)
    first = (MIDNIGHT - EPOCH) // timedelta(minutes=1)
    minutes = np.array([windows.at(first + minute)[0].sum() for minute in range(days * DAY)]).sum()
    low, high = COURSES[habit].lasts
    # Minutes in it are days x share x mean length. One day's have the variance share (mean^2 + width^2 / 12) - its
    # mean^2; half a minute of rounding up is left out, and added to the tolerance.
    mean = (low + high) / 2
    deviation = sqrt(devices * days * (share * (mean**2 + (high - low) ** 2 / 12) - (share * mean) ** 2))
    expected = devices * days * share * mean
    assert abs(minutes - expected) < 4 * deviation + 0.5 * devices * days * share


def test_pulses_come_in_chains() -> None:
    sent = readings(play(gauges(150, GaugeKind.ULTRASONIC), DAY, rates=replace(NONE, pulse_days=0.30)))
    pulses = [one for one in sent if one.faults & Fault.PULSE]
    # 0.3 chains a day, of 210 minutes in the mean, 0.35 of which are pulses: 22 a day. The variance of a day's number
    # is 0.3 (0.35^2 (210^2 + 300^2 / 12) + 210 x 0.35 x 0.65) - 22^2 = 1420, deviation 38.
    assert abs(len(pulses) - 150 * 22.05) < 4 * 38 * sqrt(150)
    assert all(0.05 <= round(HEAD_M - one.value, 3) <= 0.40 for one in pulses)
    assert len({one.device_id for one in pulses}) < 150 * 0.6


def test_a_box_shows_one_height_until_it_is_gone() -> None:
    sent = readings(play(gauges(60, GaugeKind.ULTRASONIC), 2 * DAY, rates=replace(NONE, box_days=1.0)))
    boxed = [one for one in sent if one.faults & Fault.BOX]
    heights = {(one.device_id, one.value) for one in boxed}
    # A box a day on each of two days, and what is left of the evening before: no gauge has more than three.
    assert 60 <= len(heights) <= 60 * 3
    assert all(0.09 < HEAD_M - value < 0.61 for _, value in heights)
    assert all(one.value == HEAD_M for one in sent if not one.faults)


def test_one_gauge_in_five_drifts_and_by_no_more_than_12_cm() -> None:
    sent = readings(play(gauges(4000), 1, 0.5, replace(NONE, drift_share=0.2, drift_m=0.12)))
    # Over the limit all speak in the minute. A drift is 12 cm x y, x from -1 to 1 and y from 0 to 1, evenly; it is told
    # from 1 cm: |x y| > a = 1/12 has the odds 1 - a (1 - ln a) = 0.71.
    a = 1 / 12
    assert_binomial(sum(bool(one.faults & Fault.DRIFT) for one in sent), 4000, 0.2 * (1 - a * (1 - log(a))))
    assert max(abs(one.value - one.true_value) for one in sent) <= 0.12 + 0.005


@pytest.mark.parametrize(
    ("rain_mm_h", "a_minute"), [(5.0, 0.1 / DAY), (30.0, 0.1 / DAY + 0.15 / 60)], ids=["any", "heavy"]
)
def test_connections_break_more_often_in_heavy_rain(rain_mm_h: float, a_minute: float) -> None:
    count, minutes = 2000, 600
    radio = Radio(count, TYPICAL, Draws(7, [f"g-{n}" for n in range(count)]))
    cut = np.array([radio.is_cut(np.full(count, rain_mm_h), 27_000_000 + minute) for minute in range(minutes)])
    breaks = cut & ~np.vstack([np.zeros((1, count), dtype=np.bool_), cut[:-1]])
    # One that ends and begins again in the same minute is one break here; that happens once in 400 heavy outages.
    assert_binomial(int(breaks.sum()), int((~cut).sum() + breaks.sum()), a_minute)
    began, device = np.nonzero(breaks[: minutes - 400])
    lengths = [int(np.argmin(cut[begin:, one])) for begin, one in zip(began, device, strict=True)]
    assert min(lengths) >= 20
    assert np.mean([length <= 181 for length in lengths]) > 0.9  # the rest broke twice in a row


def test_one_battery_in_twenty_sags_at_night() -> None:
    count = 4000
    power = Power(np.zeros(count, dtype=np.bool_), TYPICAL, Draws(7, [f"g-{n}" for n in range(count)]), CHINA)
    dawn = (MIDNIGHT + timedelta(hours=5) - EPOCH) // timedelta(minutes=1)
    weak = power.volts(dawn) < 3.5  # the others have 3.9 V - 0.15 V
    assert_binomial(int(weak.sum()), count, 0.05)
    none, all_on = np.zeros(count), np.ones(count, dtype=np.bool_)
    silent = np.any([power.is_off(none, dawn - 300 + minute, all_on) for minute in range(480)], axis=0)
    assert_binomial(int(silent.sum()), int(weak.sum()), 0.5)
    assert not (silent & ~weak).any()


def test_half_of_the_clocks_are_off_by_up_to_two_minutes() -> None:
    sent = readings(play(gauges(2000), 1, 0.5, replace(NONE, skewed=0.5, skew_s=120.0)))
    skews = [(one.observed_at - one.true_at).total_seconds() for one in sent]
    assert_binomial(sum(skew != 0 for skew in skews), 2000, 0.5 * (1 - 1 / 240))  # one in 240 is off by nothing
    assert 115 < max(map(abs, skews)) <= 120
    assert all(bool(one.faults & Fault.CLOCK) == (skew != 0) for one, skew in zip(sent, skews, strict=True))


def test_one_clock_in_a_hundred_is_in_another_time_zone() -> None:
    sent = readings(play(gauges(4000), 1, 0.5, replace(NONE, wrong_zone=0.01)))
    hours = [(one.observed_at - one.true_at) / timedelta(hours=1) for one in sent]
    assert_binomial(sum(hour != 0 for hour in hours), 4000, 0.01)
    assert set(hours) == {-8.0, 0.0, 8.0}


def test_two_in_a_hundred_messages_come_twice_and_say_the_same() -> None:
    sent = readings(play(gauges(200), DAY, rates=replace(NONE, duplicated=0.02)))
    again = [one for one in sent if one.faults & Fault.DUPLICATE]
    assert_binomial(len(again), 200 * 96, 0.02)
    first = {(one.device_id, one.observed_at): one for one in sent if not one.faults & Fault.DUPLICATE}
    for one in again:
        before = first[one.device_id, one.observed_at]
        assert one.value == before.value
        assert timedelta(seconds=1) <= one.due - before.due <= timedelta(seconds=30)


def test_one_in_a_hundred_messages_is_overtaken() -> None:
    sent = readings(play(gauges(30), 480, 0.5, replace(NONE, late=0.01)))  # over the limit: every minute
    late = [one for one in sent if one.faults & Fault.LATE]
    assert_binomial(len(late), 30 * 480, 0.01)
    assert all(timedelta(minutes=1) <= one.due - one.true_at <= timedelta(minutes=5) for one in late)
    assert sent == sorted(sent, key=lambda one: one.due)
    for device in {one.device_id for one in late}:
        times = [one.observed_at for one in sent if one.device_id == device]
        assert times != sorted(times)


def test_faults_can_be_scaled() -> None:
    assert TYPICAL.scaled(0) == NONE
    assert TYPICAL.scaled(1) == TYPICAL
    assert (HARSH.lost, HARSH.pulse_days, HARSH.skewed) == (0.07 * 2.5, 0.30 * 2.5, 1.0)
    assert HARSH.stores == TYPICAL.stores  # a memory is no fault


def test_a_share_above_one_is_no_rate() -> None:
    with pytest.raises(ValueError, match="lost lies between 0 and 1"):
        FaultRates(lost=1.5)
