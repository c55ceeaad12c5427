"""A clock that is steered while everything runs: one file says its course, and every process follows it.

A change is written down a moment before it takes effect (AHEAD), and whoever waits by the clock looks at the file more
often than that. So all processes turn at the same moment, and for none of them has time run on too far.
"""

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

from floodcore.course import FASTEST, SLOWEST, Course, Pace, is_pace
from floodcore.errors import Refused, SettingsError

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(milliseconds=50)  # real; how old what is known of the file may be. A look takes some 2 µs
SURE_S = 0.2  # five looks a second of whoever waits cost nothing that could be measured
AHEAD = timedelta(milliseconds=300)  # more than the two together: nobody learns of a change when it is over


def begin(file: Path, real_now: datetime, *, at: datetime, speed: float) -> None:
    """Write a new course: the clock shows `at` now, and runs so fast; 0 is a clock that stands.

    Raises:
        Refused: Nobody could follow such a pace.
    """
    _check(speed)
    _write(file, Course(at.astimezone(UTC), (Pace(since=real_now, speed=speed),)))


def steer(file: Path, real_now: datetime, *, speed: float) -> None:
    """From a moment (AHEAD) after now on, let the clock run so fast; 0 is a pause.

    Of two who steer within the same milliseconds one prevails.

    Raises:
        Refused: Nobody could follow such a pace.
        SettingsError: There is no course that could be changed.
    """
    _check(speed)
    _write(file, read(file).steered(real_now + AHEAD, speed))


def read(file: Path) -> Course:
    """The course that is written there.

    Raises:
        SettingsError: There is no file, or something else is written in it.
    """
    try:
        return _course(json.loads(file.read_bytes()))
    except OSError as error:
        raise SettingsError(
            f"The clock's file {file} cannot be read ({error.strerror}); start the run anew."
        ) from error
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise SettingsError(f"The clock's file {file} says no course of a clock; start the run anew.") from error


class SteeredClock:
    """Follows the course in a file. It never goes back, whatever becomes of the file.

    Args:
        file: Written by `begin` and `steer`.
        real_now: The machine's clock.

    Raises:
        SettingsError: There is no course in the file to begin with.
    """

    sure_s = SURE_S

    def __init__(self, file: Path, real_now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file, self._real_now = file, real_now
        self._state = _state(file)
        self._course = read(file)
        self._looked_at = real_now()
        self._shown = self._course.at(self._looked_at)

    @property
    def speed(self) -> float:
        """Seconds of the room's time in a real one, now; 0 while it stands."""
        real = self._look()
        return self._course.speed_at(real)

    def now(self) -> datetime:
        """The room's time."""
        real = self._look()
        self._shown = max(self._shown, self._course.at(real))
        return self._shown

    def room_time(self, real: datetime) -> datetime:
        """The room's time at a real moment."""
        self._look()
        return self._course.at(real)

    def passed_in(self, seconds: float) -> timedelta:
        """How much of the room's time has passed in the last so many real seconds, by whatever paces."""
        real = self._look()
        return self._course.at(real) - self._course.at(real - timedelta(seconds=seconds))

    def real_seconds(self, span: timedelta) -> float:
        """The span divided by the present speed."""
        speed = self.speed
        return span.total_seconds() / speed if speed else inf

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until the clock shows a moment, by what is known; below 0: since it has first shown it."""
        real = self._look()
        return self._course.seconds_until(moment, real)

    def _look(self) -> datetime:
        """The real time; and the course is as the file had it a moment (LOOK_EVERY) ago at most."""
        real = self._real_now()
        if abs(real - self._looked_at) >= LOOK_EVERY:
            self._looked_at = real
            state = _state(self._file)
            if state != self._state:
                self._state = state
                self._take()
        return real

    def _take(self) -> None:
        try:
            self._course = read(self._file)
        except SettingsError as error:  # said once for each state of the file
            log.error("%s Until then the clock runs as it did.", error)


def _check(speed: float) -> None:
    if speed != 0 and not is_pace(speed):
        raise Refused(
            f"A clock cannot run at {speed:g} times its pace; take one from {SLOWEST:g} to {FASTEST:g}, or 0."
        )


def _state(file: Path) -> tuple[int, int, int] | None:
    """What differs whenever the file was written anew: a new file takes the place of the old one."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _write(file: Path, course: Course) -> None:
    said = {
        "start": course.start.isoformat(),
        "paces": [{"since": pace.since.isoformat(), "speed": pace.speed} for pace in course.paces],
    }
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_text(json.dumps(said, indent=1) + "\n")
    part.replace(file)


def _course(said: dict[str, Any]) -> Course:
    paces = (Pace(since=_moment(pace["since"]), speed=float(pace["speed"])) for pace in said["paces"])
    return Course(_moment(said["start"]), tuple(paces))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment  # the course refuses one of we know not where
