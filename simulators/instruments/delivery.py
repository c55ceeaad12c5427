"""What becomes of a message between a gauge and the room: lost, late, twice, or after an outage."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from simulators.instruments.faults import Fault
from simulators.instruments.sent import Sent

FIRST_AFTER = timedelta(seconds=5)  # the present goes first, in a message of its own
NEXT_AFTER = timedelta(seconds=1)  # one message a second of what was saved up: docs/reference/mqtt.md
SAVED_UP = 60  # records in one of those messages; our choice
KEEPS = 2880  # records that a device keeps, two a minute for a day; then the oldest go


class Delivery:
    """Messages on their way, and those that devices keep through an outage."""

    def __init__(self) -> None:
        self._under_way: list[tuple[datetime, int, Sent]] = []
        self._kept: dict[int, list[Sent]] = {}

    def send(self, device: int, records: Sequence[Sent], late_s: float, again_s: float) -> None:
        """A device sends what it has measured in one moment.

        Args:
            device: Its number.
            records: Of that moment.
            late_s: How long they are held up on the way; zero as a rule.
            again_s: After how long they are sent once more; zero where they are not.
        """
        if late_s:
            records = _held_up(records, late_s, Fault.LATE)
        self._under_way += [(record.due, device, record) for record in records]
        if again_s:
            twice = _held_up(records, again_s, Fault.DUPLICATE)
            self._under_way += [(record.due, device, record) for record in twice]

    def keep(self, device: int, records: Iterable[Sent]) -> None:
        """A device that cannot be heard keeps what it measures."""
        kept = self._kept.setdefault(device, [])
        kept.extend(msgspec.structs.replace(record, faults=record.faults | Fault.STORED) for record in records)
        del kept[:-KEEPS]

    def hand_in(self, device: int, now: datetime, *, newest_first: bool) -> None:
        """A device that is heard again sends what it has kept, if it has."""
        kept = self._kept.pop(device, [])
        if newest_first:
            kept.reverse()
        for number, record in enumerate(kept):
            due = now + FIRST_AFTER + number // SAVED_UP * NEXT_AFTER
            self._under_way.append((due, device, msgspec.structs.replace(record, due=due)))

    def fall_silent(self, devices: Iterable[int]) -> None:
        """Devices without power send nothing of what they were about to send; what they keep, they keep."""
        silent = set(devices)
        self._under_way = [one for one in self._under_way if one[1] not in silent]

    def due(self, until: datetime) -> list[Sent]:
        """What is sent by then, in the order of time and of devices; it is no longer under way."""
        now = [one for one in self._under_way if one[0] <= until]
        self._under_way = [one for one in self._under_way if one[0] > until]
        return [record for _, _, record in sorted(now, key=lambda one: one[:2])]


def _held_up(records: Sequence[Sent], seconds: float, fault: Fault) -> list[Sent]:
    by = timedelta(seconds=seconds)
    return [msgspec.structs.replace(one, due=one.due + by, faults=one.faults | fault) for one in records]
