"""Tipping buckets and their counters."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind
from ingest.quality.counter import amounts
from ingest.quality.series import Series
from simulators.city.plan import GaugeKind
from simulators.instruments.buckets import Buckets
from simulators.instruments.faults import Fault
from simulators.instruments.instrument import Instrument, instrument
from simulators.instruments.rates import NONE
from simulators.instruments.sent import Sent
from tests.unit.instruments_minutes import DAY, MIDNIGHT, gauges, play, readings

RAIN = gauges(40, GaugeKind.RAIN)
FITTED = {gauge.device_id: instrument(gauge, 7) for gauge in RAIN}
COUNTERS = [gauge for gauge in RAIN if FITTED[gauge.device_id].quantity is Quantity.RAIN_TOTAL]


def storm_mm(number: int) -> float:
    """0.73 mm a minute, more than 40 mm/h, for an hour from 00:30 on."""
    return 0.73 if 30 < number <= 90 else 0.0


def of(sent: list[Sent], device_id: str) -> list[Sent]:
    return [one for one in readings(sent) if one.device_id == device_id]


def test_fleets_have_buckets_of_two_sizes_and_counters_among_them() -> None:
    many = [instrument(gauge, 7) for gauge in gauges(2000, GaugeKind.RAIN)]
    # Binomial: 2,000 x 0.3 = 600, deviation 20; 2,000 x 0.2 = 400, deviation 18; half of the 600, deviation 12.
    assert abs(sum(one.quantity is Quantity.RAIN_TOTAL for one in many) - 600) < 4 * 21
    assert abs(sum(one.tip_mm == 0.5 for one in many) - 400) < 4 * 18
    assert abs(sum(one.rollover_mm == 1000 for one in many) - 300) < 4 * 16


def test_tips_add_up_to_the_rain_within_one_tip() -> None:
    sent = play(RAIN, 180, storm_mm)
    for device_id, fitted in FITTED.items():
        if fitted.quantity is Quantity.RAIN:
            assert fitted.tip_mm
            said = of(sent, device_id)
            assert 60 * 0.73 - fitted.tip_mm <= sum(one.value for one in said) <= 60 * 0.73 + 1e-9
            assert sum(one.true_value for one in said) == pytest.approx(60 * 0.73)
            assert all(one.value / fitted.tip_mm == pytest.approx(round(one.value / fitted.tip_mm)) for one in said)


def test_a_counter_rises_by_the_rain() -> None:
    for gauge in COUNTERS:
        fitted = FITTED[gauge.device_id]
        assert fitted.tip_mm
        said = of(play([gauge], 180, storm_mm), gauge.device_id)
        rise = (said[-1].value - said[0].value) % (fitted.rollover_mm or np.inf)
        assert abs(rise - 60 * 0.73) <= fitted.tip_mm
        assert said[0].value == pytest.approx(fitted.begins_mm)


def test_a_counter_rolls_over_where_the_register_is_told_that_it_does() -> None:
    rolling = next(gauge for gauge in COUNTERS if FITTED[gauge.device_id].rollover_mm)
    # 0.9 mm a minute over a day are 1,296 mm: it rolls over once or twice.
    said = of(play([rolling], DAY, 0.9), rolling.device_id)
    values = np.array([one.value for one in said])
    assert values.max() < 1000
    assert (np.diff(values) < 0).sum() in (1, 2)
    seconds = [one.observed_at.timestamp() for one in said]
    series = Series(quantity=Quantity.RAIN_TOTAL, kind=SiteKind.RAIN, at_s=np.array(seconds), value=values)
    rain = amounts(series, FITTED[rolling.device_id].rollover_mm).series.value.sum()
    assert abs(rain - (said[-1].true_value - said[0].true_value)) <= 0.5  # as quality control reads it; one tip


def test_counters_begin_anew_as_often_as_they_should() -> None:
    sent = play(COUNTERS, DAY, 0.05, replace(NONE, resets_per_day=0.5))
    resets = [one for one in sent if one.faults & Fault.RESET]
    n = len(COUNTERS)
    assert n >= 8
    assert abs(len(resets) - n / 2) < 4 * np.sqrt(n / 4)
    assert all(one.value <= 1.0 for one in resets)  # what fell in the quarter of an hour since, at most


def test_a_blocked_funnel_shows_no_rain() -> None:
    sent = play(RAIN[:10], DAY, 0.3, replace(NONE, stuck_days=1.0))
    blocked = [one for one in readings(sent) if one.faults & Fault.STUCK and one.quantity == "rain"]
    assert len(blocked) > 500
    # Only a record whose time before was still free can have tips.
    assert np.mean([one.value == 0 for one in blocked]) > 0.98


def test_rain_that_falls_without_power_is_not_counted() -> None:
    buckets = Buckets([Instrument(quantity=Quantity.RAIN, rain=timedelta(minutes=1), tip_mm=0.2)])
    buckets.catch(np.array([1.0]), np.array([True]))
    buckets.catch(np.array([1.0]), np.array([False]))
    counted, fallen = buckets.since_last()
    assert (counted[0], fallen[0]) == (1.0, 2.0)
    buckets.told(np.array([True]))
    assert buckets.since_last()[0][0] == 0


def test_rain_is_told_at_the_gauges_own_second() -> None:
    sent = readings(play(RAIN[:20], 30, 0.6))
    for one in sent:
        assert one.true_at >= MIDNIGHT
        assert one.true_at.microsecond == 0
    assert len({one.true_at.second for one in sent}) > 10  # 20 gauges, 60 seconds
