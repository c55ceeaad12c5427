"""What gauges send, as messages for the broker."""

from collections.abc import Iterable, Iterator

from simulators.instruments.sent import Sent
from simulators.schedule import Message, packed


def messages(sent: Iterable[Sent]) -> Iterator[Message]:
    """One message a device and moment, of at most 500 records.

    Args:
        sent: As `Bank.observe` gives it: in the order of time, with what a device says at one moment side by side.
    """
    return packed((one.due, one.device_id, one.quantity, one.observed_at, one.value) for one in sent)
