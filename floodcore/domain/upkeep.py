"""What a reading is judged by besides its neighbours: its device's mount, work on it, and what a person said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Mount:
    """How a device is mounted, from `valid_from` on and before `valid_to` (None: until further notice).

    Attributes:
        device_id: The device.
        height_m: Of an ultrasonic or radar head over the zero of the level; None where the device tells the level.
        datum_m: Height of the level's zero over the national datum; None where nobody has surveyed it.
        source: Who measured it, or what computed it.
    """

    device_id: str
    height_m: float | None
    datum_m: float | None
    valid_from: datetime
    valid_to: datetime | None
    source: str

    def holds_at(self, moment: datetime) -> bool:
        """Whether the device was mounted so then."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """Somebody works at a device from `begins` to before `ends`."""

    maintenance_id: int
    device_id: str
    begins: datetime
    ends: datetime
    reason: str
    author: str


class Action(StrEnum):
    """What a person says about readings."""

    SET = "set"  # the value is this
    SHIFT = "shift"  # the value is off by this much
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A person's word about the readings of a sensor from `begins` to `ends`, both included; outranks every check.

    `value` is what to set, or by how much to shift, in the quantity's unit; None for the other actions.
    """

    correction_id: int
    sensor_id: int
    begins: datetime
    ends: datetime
    action: Action
    value: float | None
    author: str
    reason: str


def mount_at(mounts: Iterable[Mount], moment: datetime) -> Mount | None:
    """How a device was mounted at a moment, or None where nobody knows."""
    return next((mount for mount in mounts if mount.holds_at(moment)), None)


def level_m(mount: Mount, distance_m: float) -> float | None:
    """The water's level over the mount's zero, m; None where the mount has no height. Dry ground may be below zero."""
    return None if mount.height_m is None else mount.height_m - distance_m


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Readings of one sensor, observed from `earliest` to `latest`, both included."""

    sensor_id: int
    earliest: datetime
    latest: datetime


def united(spans: Iterable[Span]) -> list[Span]:
    """One span a sensor that covers all of its own, and what lies between them, by sensor.

    Whoever has them judged sees to it that those of a sensor lie near each other.
    """
    found: dict[int, Span] = {}
    for span in spans:
        known = found.get(span.sensor_id, span)
        found[span.sensor_id] = Span(
            sensor_id=span.sensor_id,
            earliest=min(known.earliest, span.earliest),
            latest=max(known.latest, span.latest),
        )
    return [found[sensor_id] for sensor_id in sorted(found)]
