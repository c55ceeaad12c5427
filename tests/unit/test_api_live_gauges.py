"""What a gauge's readings say: how fast, how bad, and whether it is still there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard_api.live.affairs import alarm_object
from dashboard_api.live.condition import sensor_health, service_health, settled
from dashboard_api.live.gauges import OWN_PACE, Gauge, Latest, judge, raining
from dashboard_api.live.links import link_of, patience
from dashboard_api.live.objects import Health
from dashboard_api.live.rate import Sample, interval, rate_mm_min
from floodcore.domain.cadence import Mode, cadence_of
from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import Sensor, SiteKind
from floodcore.store.health import SILENT_AFTER_S
from floodcore.testing.five_streets import NOON, THRESHOLDS

MINUTE = timedelta(minutes=1)
WAY = timedelta(seconds=5)  # of a reading to us, at the real pace
SENSOR = Sensor(sensor_id=1, device_id="gauge-A", site_id="street-A", quantity=Quantity.LEVEL)


def samples(*readings: tuple[float, float], quality: Quality = Quality.GOOD) -> list[Sample]:
    """Readings as (minutes after noon, metres)."""
    return [Sample(observed_at=NOON + at * MINUTE, value=depth_m, quality=quality) for at, depth_m in readings]


def gauge(*readings: tuple[float, float], is_offline: bool = False, quality: Quality = Quality.GOOD) -> Gauge:
    history = samples(*readings, quality=quality)
    newest = history[-1]
    latest = Latest(
        sensor_id=1,
        observed_at=newest.observed_at,
        received_at=newest.observed_at,
        value=newest.value,
        raw=newest.value,
        quality=quality,
        flags=0,
        is_offline=is_offline,
    )
    return judge(SENSOR, latest, history, THRESHOLDS, newest.observed_at, WAY)


@pytest.mark.parametrize(
    ("readings", "rate"),
    [
        ([(0, 0.10), (1, 0.24), (2, 0.38)], 140.0),  # the Jingguang tunnel: 14 cm/min
        ([(0, 0.50), (5, 0.40)], -20.0),
        ([(0, 0.10), (1, 0.11), (2, 0.10), (3, 0.11)], 2.0),  # sums: Σdt·dv = 10 mm·min, Σdt² = 5 min²
        ([(-60, 9.0), (0, 0.1), (1, 0.2)], 100.0),
        ([(0, 0.1), (15, 0.4)], 20.0),
        ([(0, 0.1), (30, 0.4)], 10.0),
        ([(0, 0.1), (36, 0.4)], None),
        ([(0, 0.1)], None),
        ([], None),
    ],
    ids=[
        "a tunnel that fills",
        "falling",
        "centimetre steps",
        "only the last minutes count",
        "a quarter-hourly gauge",
        "one of its readings lost",
        "too far apart",
        "one reading",
        "none",
    ],
)
def test_the_rate_is_the_slope_of_the_last_minutes(readings: list[tuple[float, float]], rate: float | None) -> None:
    assert rate_mm_min(samples(*readings)) == rate


def test_a_reading_known_to_be_wrong_makes_no_rate() -> None:
    history = [*samples((0, 0.1)), *samples((1, 9.0), quality=Quality.BAD), *samples((2, 0.1))]
    assert rate_mm_min(history) == 0.0


def test_the_interval_follows_a_gauge_that_reports_more_often_in_the_rain() -> None:
    dry_then_wet = samples((0, 0), (15, 0), (30, 0), (31, 0.1), (32, 0.2))
    assert interval(dry_then_wet) == MINUTE  # the last three gaps: 15, 1, 1
    assert interval(samples((0, 0))) is None


@pytest.mark.parametrize(
    ("every", "waits"),
    [(5 * MINUTE, 15 * MINUTE), (timedelta(seconds=10), 2 * MINUTE), (None, 45 * MINUTE)],
    ids=["three intervals", "a burst", "one reading"],
)
def test_a_sensor_may_be_silent_for_three_of_its_intervals(every: timedelta | None, waits: timedelta) -> None:
    assert patience(OWN_PACE, Mode.DRY, every) == waits


def test_what_has_passed_while_a_reading_is_on_its_way_is_no_silence() -> None:
    one = gauge((0, 0.1), (1, 0.2), (2, 0.3))  # each minute: three of them may pass
    at_60_times = 5 * MINUTE  # five real seconds
    assert one.at(NOON + 10 * MINUTE, at_60_times).reading.link == "online"
    assert one.at(NOON + 11 * MINUTE, at_60_times).reading.link == "stale"
    assert one.at(NOON + 10 * MINUTE, timedelta()).reading.link == "stale", "the clock has stood: all has arrived"


def test_a_sensor_is_expected_as_the_register_states_by_its_water_and_by_the_rain_at_its_site() -> None:
    stated = cadence_of(SiteKind.ROAD, 900, 300, 60)

    def stale_after(depth_m: float, *, is_raining: bool) -> int:
        history = samples((-15, 0.0), (0, depth_m))
        one = judge(SENSOR, gauge((-15, 0.0), (0, depth_m)).latest, history, THRESHOLDS, NOON, WAY, stated)
        minutes = range(60)
        return next(n for n in minutes if one.at(NOON + n * MINUTE, WAY, is_raining=is_raining).reading.link == "stale")

    # Three intervals and 5 s for the way; in rain one of 15 min to notice it; over a limit it bursts, rain or not.
    assert stale_after(0.0, is_raining=False) == 46
    assert stale_after(0.0, is_raining=True) == 31
    assert stale_after(0.3, is_raining=False) == stale_after(0.3, is_raining=True) == 4


@pytest.mark.parametrize(
    ("quantity", "value", "quality", "minute", "wet"),
    [
        pytest.param(Quantity.RAIN, 0.2, Quality.GOOD, 30, {"street-A"}, id="rain"),
        pytest.param(Quantity.RAIN, 0.2, Quality.GOOD, 31, set(), id="half an hour ago"),
        pytest.param(Quantity.RAIN, 0.0, Quality.GOOD, 0, set(), id="none"),
        pytest.param(Quantity.RAIN, 9.0, Quality.BAD, 0, set(), id="no rain, as is known"),
        pytest.param(Quantity.LEVEL, 0.2, Quality.GOOD, 0, set(), id="no rain gauge"),
    ],
)
def test_it_rains_where_a_rain_gauge_says_so(
    quantity: Quantity, value: float, quality: Quality, minute: float, wet: set[str]
) -> None:
    sensor = replace(SENSOR, quantity=quantity)
    latest = replace(gauge((0, 0.1)).latest, value=value, quality=quality)
    one = judge(sensor, latest, samples((0, value)), THRESHOLDS, NOON, WAY)
    assert raining([one], NOON + minute * MINUTE) == wet


def test_a_link_is_what_was_heard_last() -> None:
    waits = 3 * MINUTE
    assert link_of(NOON, waits, NOON + waits, is_offline=False) == "online"
    assert link_of(NOON, waits, NOON + waits + MINUTE, is_offline=False) == "stale"
    assert link_of(NOON, waits, NOON, is_offline=True) == "offline"


def test_a_gauge_grows_stale_by_time_alone() -> None:
    one = gauge((0, 0.1), (1, 0.2), (2, 0.3))
    assert one.at(NOON + 5 * MINUTE, WAY) is one
    silent = one.at(NOON + 6 * MINUTE, WAY)
    assert (one.reading.link, silent.reading.link) == ("online", "stale")
    assert silent.reading.value == 0.3


@pytest.mark.parametrize(("depth_m", "level"), [(0.14, 0), (0.15, 1), (0.27, 2), (0.40, 3), (0.50, 4)], ids=str)
def test_a_depth_at_a_threshold_has_its_level(depth_m: float, level: int) -> None:
    assert gauge((0, depth_m)).reading.level == level


def test_what_cannot_be_judged_has_no_level() -> None:
    assert gauge((0, 9.0), quality=Quality.BAD).reading.level is None
    rain = Sensor(sensor_id=2, device_id="g", site_id="street-A", quantity=Quantity.RAIN)
    without = Sensor(sensor_id=3, device_id="g", site_id="street-E", quantity=Quantity.LEVEL)
    latest = gauge((0, 0.1), (1, 9.0)).latest
    history = samples((0, 0.1), (1, 9.0))
    raining = judge(rain, latest, history, THRESHOLDS, NOON, WAY).reading
    assert (raining.level, raining.rate_mm_min, raining.unit) == (None, None, "mm")
    unjudged = judge(without, latest, history, THRESHOLDS, NOON, WAY).reading
    assert (unjudged.level, unjudged.rate_mm_min) == (None, 8900.0)


def test_a_reading_says_what_the_gauge_said_where_that_is_something_else_and_why() -> None:
    corrected = replace(gauge((0, 0.1)).latest, raw=0.9, flags=Flag.FAST | Flag.CORRECTED)
    reading = judge(SENSOR, corrected, samples((0, 0.1)), THRESHOLDS, NOON, WAY).reading
    assert (reading.value, reading.raw, reading.flags, reading.level) == (0.1, 0.9, ("fast", "corrected"), 0)
    assert (gauge((0, 0.1)).reading.raw, gauge((0, 0.1)).reading.flags) == (None, ())


def test_sensors_are_counted_and_those_never_heard_are_missed() -> None:
    readings = [gauge((0, 0.1)).reading, gauge((0, 0.1), is_offline=True).reading]
    health = sensor_health(readings, 3, NOON)
    assert health.state == "degraded"
    assert health.figures == {"online": 1, "stale": 0, "offline": 1, "total": 3}
    assert sensor_health([], 3, NOON).state == "down"
    assert sensor_health([], 0, NOON).state == "ok"


def test_a_service_that_falls_silent_is_down_and_keeps_its_figures() -> None:
    real = datetime(2026, 1, 1, tzinfo=UTC)

    def told(age_s: float) -> Health:
        row = {
            "component": "ingest",
            "state": "ok",
            "detail_zh": "好",
            "detail_en": "good",
            "at": real - timedelta(seconds=age_s),
            "figures": {"stored": 7},
        }
        return service_health([row], real, lambda at: NOON + (at - real) * 60)["ingest"]

    assert told(5).state == "ok"
    assert told(5).at == NOON - 5 * MINUTE  # five real seconds are five minutes of this room
    assert (told(SILENT_AFTER_S + 1).state, told(SILENT_AFTER_S + 1).figures) == ("down", {"stored": 7})


def test_the_same_health_a_second_later_is_no_news() -> None:
    def at(seconds: float, detail: str = "") -> Health:
        return Health(state="ok", detail_zh=detail, detail_en="", at=NOON + timedelta(seconds=seconds), figures={})

    five = timedelta(seconds=5)
    assert settled(at(0), at(1), five) == at(0)
    assert settled(at(0), at(5), five) == at(5)
    assert settled(at(0), at(1, "other"), five) == at(1, "other")
    assert settled(None, at(1), five) == at(1)


def test_an_alarm_that_returned_unseen_shows_the_worst_it_called_for() -> None:
    row = {
        "site_id": "street-A",
        "level": 0,
        "peak_level": 4,
        "closed_at": NOON,
        "alarm": "returned",
        "opened_at": NOON - 5 * MINUTE,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }
    assert (alarm_object(row, None).level, alarm_object(row, None).raised_at) == (4, NOON - 5 * MINUTE)
    assert alarm_object({**row, "closed_at": None, "level": 1}, 3.0).level == 1
