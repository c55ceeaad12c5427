"""What is to be loaded next: what somebody asked for, and what has not been looked at for a while."""

from collections.abc import Iterable
from enum import Enum, auto

from floodcore.wire.announcement import Announcement, Kind

POLL_S = 1.0  # a lost hint costs no more than this
SHARE = 0.05  # of the time: what takes long to read is polled less often


class Part(Enum):
    """What is loaded together."""

    REGISTER = auto()
    READINGS = auto()
    FORECASTS = auto()
    AFFAIRS = auto()
    HEALTH = auto()


PART_OF = {
    Kind.SITES: Part.REGISTER,
    Kind.READINGS: Part.READINGS,
    Kind.FORECASTS: Part.FORECASTS,
    Kind.INCIDENTS: Part.AFFAIRS,
    Kind.ORDERS: Part.AFFAIRS,
    Kind.TEAMS: Part.AFFAIRS,
    Kind.HEALTH: Part.HEALTH,
}


class Errands:
    """Times are real seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._due = dict.fromkeys(Part, 0.0)
        self._asked: set[Part] = set()
        self._sensors: set[int] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has asked for something."""
        return bool(self._asked or self._sensors)

    def ask(self, hint: Announcement) -> None:
        """Something of a kind has changed: of readings perhaps only these sensors', of others all are read."""
        numbers = [int(key) for key in hint.ids if key.isdecimal()]
        if hint.kind is Kind.READINGS and numbers:
            self._sensors.update(numbers)
        else:
            self._asked.add(PART_OF[hint.kind])

    def take(self, now: float) -> tuple[list[Part], set[int]]:
        """The parts that must be read whole, and beside them the sensors whose readings must be."""
        parts = [part for part in Part if part in self._asked or self._due[part] <= now]
        sensors = set() if Part.READINGS in parts else self._sensors
        self._asked, self._sensors = set(), set()
        return parts, sensors

    def done(self, part: Part, now: float, took: float) -> None:
        """A part has been read."""
        self._due[part] = now + max(POLL_S, took / SHARE)

    def again(self, parts: Iterable[Part], sensors: Iterable[int]) -> None:
        """These could not be read; they stay to be done."""
        self._asked.update(parts)
        self._sensors.update(sensors)

    def next_due(self) -> float:
        """When the next part is to be polled."""
        return min(self._due.values())
