"""A clock that is steered while everything runs."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.clock_file import AHEAD, LOOK_EVERY, SURE_S, SteeredClock, begin, read, steer
from floodcore.course import FASTEST, Course, Pace
from floodcore.errors import Refused, SettingsError
from floodcore.testing.five_streets import NOON

REAL = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


@dataclass
class Machine:
    """The machine's clock, moved by hand."""

    now: datetime = REAL

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clock.json"
    begin(path, REAL, at=NOON, speed=60)
    return path


def course(*paces: tuple[float, float]) -> Course:
    """Begins at noon; paces as (real seconds after REAL, speed)."""
    return Course(NOON, tuple(Pace(since=REAL + after * SECOND, speed=speed) for after, speed in paces))


def test_ten_seconds_at_60_a_pause_and_ten_seconds_at_6_are_eleven_minutes() -> None:
    steered = course((0, 60), (10, 0), (100, 6))
    shown = [steered.at(REAL + after * SECOND) - NOON for after in (0, 10, 50, 100, 110)]
    assert shown == [0 * MINUTE, 10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 11 * MINUTE]
    assert [steered.speed_at(REAL + after * SECOND) for after in (9, 10, 99, 100)] == [60, 0, 0, 6]


@pytest.mark.parametrize(
    ("minutes", "asked_at_s", "seconds"),
    [
        pytest.param(5, 0, 5, id="at the first pace"),
        pytest.param(10, 0, 10, id="the moment of the pause, when it begins"),
        pytest.param(10, 50, -40, id="shown since the pause began"),
        pytest.param(11, 50, 60, id="50 s of the pause, and a minute at six times its pace"),
        pytest.param(5, 110, -105, id="before the pause"),
    ],
)
def test_a_moment_is_waited_for_through_every_pace_that_is_known(minutes: int, asked_at_s: int, seconds: float) -> None:
    steered = course((0, 60), (10, 0), (100, 6))
    assert steered.seconds_until(NOON + minutes * MINUTE, REAL + asked_at_s * SECOND) == seconds


def test_a_clock_that_stands_comes_nowhere() -> None:
    standing = course((0, 0))
    assert standing.seconds_until(NOON + MOMENT, REAL) == inf
    assert standing.seconds_until(NOON, REAL + SECOND) == -1
    assert standing.seconds_until(NOON - MOMENT, REAL) == -inf, "it never showed that"


@pytest.mark.parametrize("speed", [-1.0, float("nan"), inf, FASTEST * 1.01, 1e-9])
def test_an_absurd_pace_is_refused_with_a_sentence_and_changes_nothing(file: Path, speed: float) -> None:
    before = file.read_bytes()
    with pytest.raises(Refused, match=r"take one from 0\.001 to 10000, or 0"):
        steer(file, REAL, speed=speed)
    assert file.read_bytes() == before


def test_a_change_takes_effect_a_moment_later_for_all_who_look_often_enough(file: Path, machine: Machine) -> None:
    one, other = SteeredClock(file, machine), SteeredClock(file, machine)
    machine.passes(10)
    assert one.now() == NOON + 10 * MINUTE
    steer(file, machine.now, speed=0)
    assert timedelta(seconds=SURE_S) + LOOK_EVERY < AHEAD, "whoever waits has looked before"
    machine.passes(SURE_S)
    assert one.speed == 60
    assert one.now() == NOON + 10 * MINUTE + 12 * SECOND
    machine.passes(10)
    assert one.speed == 0
    assert one.now() == other.now() == NOON + 10 * MINUTE + 18 * SECOND  # 60 times 0.3 s


def test_who_knows_of_a_change_waits_by_it_before_it_takes_effect(file: Path, machine: Machine) -> None:
    clock = SteeredClock(file, machine)
    steer(file, machine.now, speed=6)
    machine.passes(0.1)
    # 0.2 s at 60 times its pace are 12 s of the room, which showed 6 s; 42 s at six times its pace are 7 s
    assert clock.seconds_until(NOON + MINUTE) == pytest.approx(7.2)


def test_the_file_is_looked_at_twenty_times_a_second_and_no_more(file: Path, machine: Machine) -> None:
    clock = SteeredClock(file, machine)
    steer(file, REAL, speed=0)
    machine.passes(0.3 - 0.26)
    assert clock.seconds_until(NOON + MINUTE) == pytest.approx(0.96), "not looked since"
    machine.passes(0.02)
    assert clock.seconds_until(NOON + MINUTE) == inf


def test_what_passed_lately_counts_each_pace_for_its_time(file: Path, machine: Machine) -> None:
    clock = SteeredClock(file, machine)
    machine.passes(9.7)
    steer(file, machine.now, speed=0)
    machine.passes(2.3)
    assert clock.passed_in(5) == 3 * MINUTE  # three seconds at 60, two of the pause
    assert clock.passed_in(1) == timedelta()
    assert clock.real_seconds(MINUTE) == inf
    assert clock.room_time(REAL + 5 * SECOND) == NOON + 5 * MINUTE


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"start": "2021-', id="torn"),
        pytest.param(b"[1, 2]", id="a list"),
        pytest.param(b'{"start": "2021-07-20T08:00:00", "paces": []}', id="no pace, and no offset"),
        pytest.param(
            b'{"start": "2021-07-20T08:00Z", "paces": [{"since": "2021-07-20T08:00", "speed": 1}]}', id="no offset"
        ),
        pytest.param(
            b'{"start": "2021-07-20T08:00Z", "paces": [{"since": "2021-07-20T08:00Z", "speed": NaN}]}', id="no number"
        ),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(None, id="missing"),
    ],
)
def test_a_file_that_says_no_course_changes_nothing_and_is_told_once(
    file: Path, machine: Machine, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock, good = SteeredClock(file, machine), file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    for _ in range(3):
        machine.passes(1)
        clock.now()
    assert clock.now() == NOON + 3 * MINUTE
    assert len(caplog.records) == 1
    assert str(file) in caplog.text
    with pytest.raises(SettingsError, match="start the run anew"):
        steer(file, machine.now, speed=1)
    file.write_bytes(good)
    steer(file, machine.now, speed=0)
    machine.passes(10)
    assert clock.now() == NOON + 3 * MINUTE + 18 * SECOND, "mended, it is followed again"


def test_without_a_course_to_begin_with_there_is_no_clock(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        SteeredClock(tmp_path / "clock.json")


def test_a_run_that_begins_anew_in_the_same_file_moves_nobody_back(file: Path, machine: Machine) -> None:
    clock = SteeredClock(file, machine)
    machine.passes(60)
    assert clock.now() == NOON + 60 * MINUTE
    begin(file, machine.now, at=NOON, speed=60)
    machine.passes(30)
    assert clock.now() == NOON + 60 * MINUTE
    machine.passes(31)
    assert clock.now() == NOON + 61 * MINUTE


def test_the_file_can_be_read_by_a_person(file: Path) -> None:
    steer(file, REAL, speed=0)
    assert json.loads(file.read_text()) == {
        "start": "2021-07-20T04:00:00+00:00",
        "paces": [
            {"since": "2026-03-01T09:00:00+00:00", "speed": 60},
            {"since": "2026-03-01T09:00:00.300000+00:00", "speed": 0},
        ],
    }
    assert [one.name for one in file.parent.iterdir()] == ["clock.json"], "no part is left behind"


def test_who_asks_twice_for_the_same_pace_changes_nothing(file: Path) -> None:
    steer(file, REAL + SECOND, speed=60)
    assert len(read(file).paces) == 1


speeds = st.one_of(st.just(0.0), st.floats(0.001, FASTEST))
changes = st.lists(st.tuples(st.integers(1, 5_000_000), speeds), max_size=20)


@given(changes, st.lists(st.integers(0, 3_000_000), min_size=2, max_size=40))
def test_however_it_is_steered_the_rooms_time_never_goes_back_nor_jumps(
    changes: list[tuple[int, float]], looks: list[int]
) -> None:
    steered, real = Course(NOON, (Pace(since=REAL, speed=60),)), REAL
    for microseconds, speed in changes:
        real += microseconds * MOMENT
        before = steered
        steered = before.steered(real, speed)
        assert steered.at(real) == before.at(real), "continuous"
        assert steered.at(real - SECOND) == before.at(real - SECOND), "what was shown stays so"
    moment = REAL - SECOND
    for microseconds in looks:
        later = moment + microseconds * MOMENT
        passed = steered.at(later) - steered.at(moment)
        assert timedelta() <= passed <= (later - moment) * FASTEST + 25 * MOMENT  # rounded once for each pace
        moment = later


@given(changes, st.integers(0, 90_000_000))
def test_a_moment_is_shown_when_it_was_said_to_be_and_not_before(
    changes: list[tuple[int, float]], microseconds: int
) -> None:
    steered, real = Course(NOON, (Pace(since=REAL, speed=60),)), REAL
    for after, speed in changes:
        real += after * MOMENT
        steered = steered.steered(real, speed)
    moment = NOON + microseconds * MOMENT
    seconds = steered.seconds_until(moment, REAL)
    if seconds < inf:
        shown = REAL + timedelta(seconds=seconds)
        assert steered.at(shown + 2 * MOMENT) >= moment
        assert steered.at(shown - 2 * MOMENT) < moment or steered.speed_at(shown - 2 * MOMENT) < 1
