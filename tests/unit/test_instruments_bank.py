"""A city's gauges over a few hours."""

import pickle
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.bank import Bank
from simulators.instruments.faults import Fault, names
from simulators.instruments.instrument import NEAREST_M
from simulators.instruments.rates import HARSH, NONE
from simulators.instruments.sent import Sent
from tests.unit.instruments_minutes import DAY, HEAD_M, MIDNIGHT, MINUTE, gauges, minute, play, readings

EVERY_KIND = [
    Gauge(
        device_id=f"{kind}-{n}",
        site_id=f"s-{n}",
        kind=kind,
        head_m=HEAD_M if kind is GaugeKind.ULTRASONIC else None,
        on_mains=n == 0,
    )
    for kind in GaugeKind
    for n in range(3)
]


def storm(number: int) -> float:
    """Water that rises for an hour and falls for three; as rain it is gentle."""
    return max(0.0, min(number / 60, (240 - number) / 180)) * 0.5


def test_the_same_seed_sends_the_same_and_another_one_does_not() -> None:
    first, again, other = (play(EVERY_KIND, 300, storm, HARSH, 30, seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_a_gauge_that_is_added_changes_nobody_elses_stream() -> None:
    few = play(EVERY_KIND, 300, storm, HARSH, 30)
    more = play([*gauges(2), *reversed(EVERY_KIND)], 300, storm, HARSH, 30)
    theirs = {gauge.device_id for gauge in EVERY_KIND}

    def in_order(sent: list[Sent]) -> list[Sent]:
        return sorted(sent, key=lambda one: (one.device_id, one.due, one.observed_at, one.quantity))

    assert in_order(few) == in_order([one for one in more if one.device_id in theirs])


def test_a_bank_goes_on_from_where_it_was_saved() -> None:
    bank = Bank(EVERY_KIND, MIDNIGHT, 7, HARSH)
    course = [minute(number, [storm(number)] * len(EVERY_KIND), 30) for number in range(1, 301)]
    for one in course[:150]:
        bank.observe(one)
    branch = pickle.loads(pickle.dumps(bank))
    assert [bank.observe(one) for one in course[150:]] == [branch.observe(one) for one in course[150:]]


def test_minutes_come_one_after_another() -> None:
    bank = Bank(gauges(1), MIDNIGHT, 7)
    bank.observe(minute(1, [0.0]))
    for wrong in (minute(1, [0.0]), minute(3, [0.0]), minute(2, [0.0, 0.0])):
        with pytest.raises(ValueError, match="next minute of 1 gauges"):
            bank.observe(wrong)


def test_a_city_without_gauges_says_nothing() -> None:
    assert Bank([], MIDNIGHT, 7).observe(minute(1, [])) == []


def test_a_gauge_without_fault_tells_the_truth_to_its_last_digit() -> None:
    half = {"level": 0.005, "distance": 0.0005, "flow": 0.0005, "pump": 0.5, "rain": 0.5, "rain_total": 0.5}
    water = [gauge for gauge in EVERY_KIND if gauge.kind not in (GaugeKind.RAIN, GaugeKind.PUMP)]
    for one in readings(play(water, 240, storm)):
        assert abs(one.value - one.true_value) <= half[one.quantity] + 1e-9
        assert (one.observed_at, one.due, one.faults) == (one.true_at, one.true_at, 0)


@pytest.mark.parametrize("kind", [GaugeKind.ULTRASONIC, GaugeKind.PRESSURE, GaugeKind.STAFF])
def test_a_surge_of_75_cm_in_a_minute_passes_unharmed(kind: GaugeKind) -> None:
    # 0 m until minute 10, then 75 cm a minute to 1.5 m at minute 12, as in a tunnel on 20 July 2021.
    sent = readings(play(gauges(1, kind), 20, lambda number: float(np.clip(0.75 * (number - 10), 0, 1.5))))
    rising = [one for one in sent if one.true_at > MIDNIGHT + 10 * MINUTE]
    assert len(rising) == 10  # each minute, from the first that saw it rise
    assert all(abs(one.value - one.true_value) <= 0.005 + 1e-9 for one in rising)
    shown = [HEAD_M - one.value if kind is GaugeKind.ULTRASONIC else one.value for one in rising]
    assert shown[-1] == pytest.approx(1.5)


def test_a_gauge_speaks_every_quarter_of_an_hour_in_dry_weather() -> None:
    times = [one.true_at for one in readings(play(gauges(1), 4 * 60))]
    assert len(times) == 16
    assert {later - earlier for earlier, later in pairwise(times)} == {15 * MINUTE}


def test_in_rain_it_speaks_at_its_interval_and_for_half_an_hour_after() -> None:
    bank = Bank(gauges(1, every=5), MIDNIGHT, 7, NONE)
    sent = [one for n in range(1, 181) for one in bank.observe(minute(n, [0.0], rain_mm_h=10 if n <= 60 else 0))]
    # The rain ends at 60, the gauge sleeps again from 90: 90 / 5 records, then 90 / 15.
    assert len(readings(sent)) == 18 + 6


def test_over_a_limit_it_speaks_every_minute() -> None:
    sent = readings(play(gauges(1), 60, 0.16))
    assert len(sent) == 60
    assert len(readings(play(gauges(1, every=5), 60, 0.14))) == 12  # below: as in rain


def test_a_pump_tells_each_change_at_once() -> None:
    sent = readings(play(gauges(1, GaugeKind.PUMP), 60, lambda number: float(20 < number <= 33)))
    on = [one.true_at for one in sent if one.value == 1]
    assert on[0] - MIDNIGHT < 22 * MINUTE
    off = next(one.true_at for one in sent if one.value == 0 and one.true_at > on[-1])
    assert off - MIDNIGHT < 35 * MINUTE


def test_battery_and_radio_are_told_once_an_hour() -> None:
    sent = play(gauges(1), 6 * 60)
    assert Counter(one.quantity for one in sent) == {"level": 24, "battery": 6, "rssi": 6}
    assert all(3.7 <= one.value <= 4.1 for one in sent if one.quantity == "battery")
    assert all(-165 <= one.value <= -95 for one in sent if one.quantity == "rssi")


def test_a_head_sees_no_water_nearer_than_its_dead_zone() -> None:
    sent = readings(play(gauges(1, GaugeKind.ULTRASONIC), 5, HEAD_M - 0.1))
    assert {one.value for one in sent} == {NEAREST_M}
    assert all(one.faults == Fault.NEAR and one.true_value == pytest.approx(0.1) for one in sent)


def test_an_ultrasonic_gauge_says_how_high_its_head_hangs() -> None:
    low = Gauge(device_id="low", site_id="s", kind=GaugeKind.ULTRASONIC, head_m=0.2)
    with pytest.raises(Refused, match="low needs head_m"):
        Bank([low], MIDNIGHT, 7)


def test_a_stuck_gauge_shows_what_it_showed_as_the_water_moves_on() -> None:
    sent = readings(play(gauges(50), DAY, lambda number: 0.2 + number / 2000, replace(NONE, stuck_days=0.5)))
    stuck = {one.device_id: set[float]() for one in sent if one.faults & Fault.STUCK}
    assert 10 <= len(stuck) <= 45
    for one in sent:
        if one.faults & Fault.STUCK:
            stuck[one.device_id].add(one.value)
        else:
            assert abs(one.value - one.true_value) <= 0.005 + 1e-9
    # One episode today, and perhaps the end of one that began yesterday.
    assert all(len(values) <= 2 for values in stuck.values())


def test_the_mains_go_and_silence_only_those_that_live_from_them() -> None:
    both = [replace(one, on_mains=number == 0) for number, one in enumerate(gauges(2))]
    bank = Bank(both, MIDNIGHT, 7, NONE)
    sent = [
        one
        for number in range(1, 61)
        for one in bank.observe(minute(number, [0.3, 0.3], power=[not 20 < number <= 40] * 2))
    ]
    # Minutes 21 to 40 are dark: of 60 readings the first gauge misses 20, and nothing of them comes afterwards.
    assert Counter(one.device_id for one in readings(sent)) == {"g-0": 40, "g-1": 60}
    dark = [one for one in sent if one.device_id == "g-0" and 20 * MINUTE <= one.true_at - MIDNIGHT < 40 * MINUTE]
    assert dark == []


def test_without_power_there_is_no_last_word() -> None:
    # Every message is held up by one to five minutes; those that are under way as the power goes are not sent.
    bank = Bank(gauges(1, on_mains=True), MIDNIGHT, 7, replace(NONE, late=1.0))
    before = [one for number in range(1, 21) for one in bank.observe(minute(number, [0.3]))]
    after = [one for number in range(21, 41) for one in bank.observe(minute(number, [0.3], power=[False]))]
    assert 15 <= len(readings(before)) < 20
    assert after == []
    assert bank.silent.tolist() == [True]


def test_a_device_can_be_killed_and_restored() -> None:
    bank = Bank(gauges(2), MIDNIGHT, 7, NONE)
    bank.kill("g-1", MIDNIGHT + 10 * MINUTE)
    bank.restore("g-1", MIDNIGHT + 25 * MINUTE)
    sent = [one for number in range(1, 31) for one in bank.observe(minute(number, [0.3, 0.3]))]
    assert Counter(one.device_id for one in readings(sent)) == {"g-0": 30, "g-1": 10 + 5}
    with pytest.raises(NotFound, match="There is no gauge g-9"):
        bank.kill("g-9", MIDNIGHT)


def test_after_an_outage_the_present_comes_first_and_then_what_was_kept_once() -> None:
    rates = replace(NONE, outages_per_day=8.0, stores=1.0)
    all_of_it = {(one.device_id, one.observed_at) for one in readings(play(gauges(20), 600, 0.3))}
    sent = readings(play(gauges(20), 600, 0.3, rates))
    kept = [one for one in sent if one.faults & Fault.STORED]
    assert len(kept) > 1000
    assert max(Counter((one.device_id, one.observed_at) for one in sent).values()) == 1
    # What is missing is in outages that last: at most three hours of each gauge.
    missing = all_of_it - {(one.device_id, one.observed_at) for one in sent}
    assert all(at > MIDNIGHT + 600 * MINUTE - timedelta(hours=3) for _, at in missing)
    for one in kept:
        present = max(other.true_at for other in sent if other.device_id == one.device_id and other.due <= one.due)
        assert present > one.true_at
    orders = Counter(
        earlier.observed_at < later.observed_at
        for earlier, later in pairwise(kept)
        if (earlier.device_id, earlier.due) == (later.device_id, later.due)
    )
    assert min(orders[True], orders[False]) > 100  # some devices send the oldest first, others the newest


def test_a_device_without_memory_loses_what_it_measures_in_an_outage() -> None:
    rates = replace(NONE, outages_per_day=8.0, stores=0.0)
    sent = readings(play(gauges(20), 600, 0.3, rates))
    assert len(sent) < 20 * 600 - 1000
    assert not any(one.faults & Fault.STORED for one in sent)


def test_a_gauge_at_a_watched_place_knows_its_own_rain() -> None:
    # 50 mm/h fall on s-0 and none on s-1: only the first wakes to its interval of a minute.
    bank = Bank(gauges(2), MIDNIGHT, 7, NONE, watched=["s-1", "s-0"])
    sent = []
    for number in range(1, 61):
        sent += bank.observe(replace(minute(number, [0.0, 0.0]), rain_mm_h=np.array([0.0, 50.0])))
    assert Counter(one.device_id for one in readings(sent)) == {"g-0": 60, "g-1": 4}


def test_faults_have_names() -> None:
    assert names(Fault.BLIP | Fault.LATE) == "blip,late"
    assert names(0) == ""
