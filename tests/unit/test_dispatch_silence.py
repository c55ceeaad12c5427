"""What a silent gauge means: an alarm where its water rose, nothing where it fell."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from dispatch.silence import Hearing, fallen_silent, gone_dry, undisturbed
from dispatch.track import Sample, Track
from dispatch.watch import Outcome, Spell, follow
from floodcore.domain.cadence import Cadence, cadence_of
from floodcore.domain.incident import Incident, IncidentKind
from floodcore.domain.levels import Level
from floodcore.domain.site import SiteKind
from floodcore.testing.five_streets import NOON, THRESHOLDS

B = "street-B"
MINUTE = timedelta(minutes=1)
DELAY = timedelta(seconds=5)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def heard(depths_cm: Sequence[float], *, every: float = 1, sensor: int = 1) -> list[Sample]:
    """Readings at regular intervals, the last of them at noon."""
    first = -(len(depths_cm) - 1) * every
    return [
        Sample(sensor_id=sensor, site_id=B, observed_at=at(first + number * every), depth_m=depth / 100)
        for number, depth in enumerate(depths_cm)
    ]


def after(*gauges: Sequence[Sample]) -> Outcome:
    samples = [sample for gauge in gauges for sample in gauge]
    return follow(samples, spells={}, tracks={}, thresholds=THRESHOLDS)


def hearing(minute: float, since: float | None = -600) -> Hearing:
    return Hearing(now=at(minute), since=None if since is None else at(since), delay=DELAY)


def silences(
    outcome: Outcome, how: Hearing, standing: Incident | None = None, cadences: Mapping[int, Cadence] | None = None
) -> list[tuple[str, Level, float]]:
    known = {B: standing} if standing else {}
    changes = fallen_silent(outcome.tracks, outcome.spells, known, THRESHOLDS, cadences or {}, how)
    assert all(change.kind is IncidentKind.SILENCE for change in changes)
    return [(change.what.value, change.level, (change.at - NOON) / MINUTE) for change in changes]


SILENT = Incident(
    incident_id=2,
    site_id=B,
    kind=IncidentKind.SILENCE,
    level=Level.YELLOW,
    peak_level=Level.YELLOW,
    depth_m=0.3,
    peak_depth_m=0.3,
    opened_at=at(3),
    level_since=at(3),
)


@pytest.mark.parametrize(
    ("depths", "rising"),
    [
        pytest.param([10, 20], True, id="two readings, up"),
        pytest.param([20, 25, 25], True, id="a plateau after a rise"),
        pytest.param([25, 24, 25], False, id="a flicker"),
        pytest.param([20, 30, 29], False, id="over the peak"),
        pytest.param([30, 20], False, id="down"),
        pytest.param([20, 20, 20], False, id="still"),
        pytest.param([30], False, id="one reading tells nothing"),
    ],
)
def test_what_is_rising(depths: list[float], rising: bool) -> None:
    assert Track(tuple(heard(depths))).is_rising is rising


def test_the_interval_follows_a_gauge_that_speeds_up_in_the_rain() -> None:
    times = (-32, -17, -2, -1, 0)  # every 15 min, then every minute
    track = Track((Sample(sensor_id=1, site_id=B, observed_at=at(times[0]), depth_m=0.0),))
    for minute in times[1:]:
        track = track.followed_by(Sample(sensor_id=1, site_id=B, observed_at=at(minute), depth_m=0.1))
    assert track.interval == MINUTE
    assert track.speaks(at(3)) and not track.speaks(at(3.1))


def test_a_pause_of_more_than_an_hour_begins_anew() -> None:
    track = Track((Sample(sensor_id=1, site_id=B, observed_at=at(-61), depth_m=0.1),))
    later = track.followed_by(Sample(sensor_id=1, site_id=B, observed_at=at(0), depth_m=0.5))
    assert (later.interval, later.is_rising) == (None, False)


def test_a_gauge_that_stops_while_its_water_rises_is_an_alarm() -> None:
    outcome = after(heard([10, 20, 30]))
    assert silences(outcome, hearing(3)) == []  # three intervals; a reading may be on its way for five seconds more
    assert silences(outcome, hearing(3.1)) == [("opened", Level.YELLOW, 3.0)]


@pytest.mark.parametrize(
    "depths",
    [
        pytest.param([40, 30, 20], id="falling above a threshold"),
        pytest.param([20, 10, 2], id="gone"),
        pytest.param([2, 5, 12], id="rising below the first threshold"),
    ],
)
def test_other_silence_is_no_alarm(depths: list[float]) -> None:
    assert silences(after(heard(depths)), hearing(120)) == []


@pytest.mark.parametrize(
    ("since", "alarm"),
    [
        pytest.param(None, False, id="nothing comes in at all"),
        pytest.param(9, False, id="we listen again for one minute"),
        pytest.param(6.5, True, id="we listen again for three and a half"),
    ],
)
def test_who_does_not_listen_cannot_tell_silence(since: float | None, alarm: bool) -> None:
    assert bool(silences(after(heard([10, 20, 30])), hearing(10, since))) is alarm


def test_the_alarm_ends_when_the_gauge_speaks_and_not_before() -> None:
    outcome = after(heard([10, 20, 30]))
    assert silences(outcome, hearing(50), SILENT) == []
    assert silences(outcome, hearing(50, None), SILENT) == []
    spoken = Sample(sensor_id=1, site_id=B, observed_at=at(50), depth_m=0.5)
    later = follow([spoken], spells=outcome.spells, tracks=outcome.tracks, thresholds=THRESHOLDS)
    assert silences(later, hearing(50.1), SILENT) == [("closed", Level.NORMAL, 50.0)]


def test_one_gauge_that_speaks_does_not_answer_for_the_other() -> None:
    silent, speaking = heard([10, 20, 30], sensor=1), heard([10, 11, 12], sensor=2)
    outcome = after(silent, speaking)
    assert silences(outcome, hearing(4), SILENT) == []


@pytest.mark.parametrize(
    ("depths", "minute", "closed"),
    [
        pytest.param([20, 10, 2], 30, [], id="quiet for half an hour, a reading may be on its way"),
        pytest.param([20, 10, 2], 30.1, [30.0], id="quiet for longer"),
        pytest.param([20, 10, 14], 120, [], id="not below all thresholds"),
        pytest.param([20, 2, 3, 5], 120, [], id="rising again"),
        pytest.param([20, 25, 30], 120, [], id="above a threshold silence closes nothing"),
    ],
)
def test_a_gauge_that_is_quiet_after_the_water_has_gone(
    depths: list[float], minute: float, closed: list[float]
) -> None:
    outcome = after(heard(depths))
    changes = gone_dry(outcome.tracks, outcome.spells, hearing(minute))
    assert [(change.at - NOON) / MINUTE for change in changes] == closed


def test_quiet_while_we_do_not_listen_closes_nothing() -> None:
    outcome = after(heard([20, 10, 2]))
    assert gone_dry(outcome.tracks, outcome.spells, hearing(120, None)) == []
    assert gone_dry(outcome.tracks, outcome.spells, hearing(120, 100)) == []


def test_what_the_database_remembers_is_enough_for_a_quiet_close() -> None:
    """After a restart the tracks are read again and the spell is the incident's row."""
    track = Track(tuple(heard([20, 10, 2])))
    spell = Spell(
        level=Level.NORMAL, depth_m=0.02, peak_depth_m=0.2, opened_at=at(-2), level_since=at(-1), below_since=at(-1)
    )
    assert len(gone_dry({B: {1: track}}, {B: spell}, hearing(31))) == 1


def test_a_gauge_that_is_to_report_each_minute_over_a_limit_is_missed_by_that_pace() -> None:
    """It told every quarter of an hour until it was over the limit: by its own pace nobody would ask before 12:45."""
    outcome = after(heard([3, 3, 10, 30], every=15))
    assert silences(outcome, hearing(3)) == []
    stated = cadence_of(SiteKind.ROAD, 900, 300, 60)
    assert silences(outcome, hearing(3), cadences={1: stated}) == []  # the third minute's reading may be on its way
    assert silences(outcome, hearing(3.1), cadences={1: stated}) == [("opened", Level.YELLOW, 3)]
    assert silences(outcome, hearing(3.1), cadences={2: stated}) == []


@pytest.mark.parametrize(
    ("kind", "missed"), [(SiteKind.ROAD, 3), (SiteKind.UNDERPASS, 2)], ids=["on a road", "in an underpass"]
)
@pytest.mark.parametrize("burst_s", [60, None], ids=["stated", "its own pace"])
def test_three_readings_that_rise_and_then_silence_are_an_alarm_after_so_many_intervals(
    kind: SiteKind, missed: int, burst_s: int | None
) -> None:
    cadences = {1: cadence_of(kind, None, None, burst_s)}
    outcome = after(heard([16, 30, 45]))
    assert silences(outcome, hearing(missed), cadences=cadences) == []
    assert silences(outcome, hearing(missed + 0.1), cadences=cadences) == [("opened", Level.ORANGE, missed)]


def test_who_is_worked_at_is_not_listened_to_until_it_speaks_again() -> None:
    outcome = after(heard([10, 20, 30]), heard([10, 20, 30], sensor=2))
    assert set(undisturbed(outcome.tracks, {1: at(10)})[B]) == {2}
    assert set(undisturbed(outcome.tracks, {1: at(0), 3: at(10)})[B]) == {1, 2}  # it has spoken since
