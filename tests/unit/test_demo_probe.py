"""The wall without a screen: how old a reading is when it is shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from floodcore.clock_file import SteeredClock, begin, steer
from floodcore.testing.five_streets import NOON
from onemap.demo.probe import Probe

REAL = datetime(2026, 3, 1, 9, tzinfo=UTC)


def delta(observed_at: datetime) -> dict[str, Any]:
    return {"type": "delta", "changes": {"readings": {"1": {"observed_at": observed_at.isoformat()}}}}


def test_an_age_is_in_real_seconds_through_a_pause_and_a_change_of_speed(tmp_path: Path) -> None:
    file, now = tmp_path / "clock.json", [REAL]
    begin(file, REAL, at=NOON, speed=60)
    probe = Probe("http://wall/", "viewer", "", SteeredClock(file, lambda: now[0]))
    steer(file, REAL + timedelta(seconds=9.7), speed=0)  # in effect at 10 s, when the room shows 12:10
    steer(file, REAL + timedelta(seconds=19.7), speed=6)  # at 20 s; 12:11 is shown at 30 s
    for real_s, minutes in ((9.5, 9.0), (10.4, 10.0), (30.2, 11.0), (30.3, 9.5)):
        now[0] = REAL + timedelta(seconds=real_s)
        probe.note(delta(NOON + timedelta(minutes=minutes)))
    assert probe.seconds == pytest.approx([0.5, 0.4, 0.2, 20.8])


def test_what_the_clock_has_never_shown_has_no_age(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    begin(file, REAL, at=NOON, speed=0)
    probe = Probe("http://wall/", "viewer", "", SteeredClock(file, lambda: REAL))
    probe.note(delta(NOON - timedelta(minutes=1)))
    assert probe.seconds == []
