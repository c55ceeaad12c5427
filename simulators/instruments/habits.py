"""What befalls a device on some of its days: it begins at some minute and lasts for a while."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, auto, unique

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.draws import Draws, For

DAY = 1440  # minutes
MINUTE = timedelta(minutes=1)


@unique
class Habit(IntEnum):
    """Each has draws of its own."""

    PULSES = auto()
    BOX = auto()
    STUCK = auto()
    NIGHT = auto()
    RESET = auto()


@dataclass(frozen=True, kw_only=True)
class Course:
    """When it begins, in minutes of the local day, how many minutes it lasts, and how large it is; all even odds."""

    begins: tuple[float, float] = (0, DAY)
    lasts: tuple[float, float]
    size: tuple[float, float] = (0.0, 0.0)


# All our choice; FloodNet's labels tell how often, not how long.
COURSES = {
    Habit.PULSES: Course(lasts=(60, 360)),
    Habit.BOX: Course(lasts=(20, 240), size=(0.10, 0.60)),  # m: from a bag of leaves to a car's bonnet
    Habit.STUCK: Course(lasts=(60, 360)),
    Habit.NIGHT: Course(begins=(0, 180), lasts=(60, 300)),  # the panel wakes it in the morning
    Habit.RESET: Course(lasts=(1, 1)),
}


class Windows:
    """One habit of many devices.

    Args:
        habit: Whose course it takes.
        share: Of its days, for each device; shape (n_devices,), 0 to 1.
        offset: Of the local day from UTC.
    """

    def __init__(self, habit: Habit, share: NDArray[np.float64], draws: Draws, offset: timedelta) -> None:
        self._habit, self._share, self._draws = habit, share, draws
        self._offset = offset // MINUTE
        self._day: int | None = None
        self._before = self._today = (np.empty(0), np.empty(0), np.empty(0))

    def at(self, minute: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Whether each device is in it in a minute counted from 1970, and how large it is in m; shapes (n_devices,)."""
        day = (minute + self._offset) // DAY
        if day != self._day:
            self._before = self._today if self._day == day - 1 else self._on(day - 1)
            self._today, self._day = self._on(day), day
        earlier, later = (((begin <= minute) & (minute < end)) for begin, end, _ in (self._before, self._today))
        return earlier | later, np.where(later, self._today[2], self._before[2])

    def _on(self, day: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        course = COURSES[self._habit]
        chance, begin, length, size = (self._draws.uniform(For.DAY, day, 4 * self._habit + k) for k in range(4))
        minutes = np.floor(_between(course.begins, begin))
        start = np.where(chance < self._share, day * DAY - self._offset + minutes, np.inf)
        return start, start + np.ceil(_between(course.lasts, length)), _between(course.size, size)


def _between(ends: tuple[float, float], share: NDArray[np.float64]) -> NDArray[np.float64]:
    return ends[0] + (ends[1] - ends[0]) * share
