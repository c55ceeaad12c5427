"""What a message says: readings, a device's status, or faults; never an error, whatever a device sends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from floodcore.domain.reading import Quantity, Reading, Reason, Rejected
from floodcore.wire import senml
from floodcore.wire.senml import Fault
from floodcore.wire.senml_time import OLDEST, Arrival
from floodcore.wire.topics import DEVICE_TOPIC
from ingest.message import Message
from ingest.sl651 import report

STATUSES = {b"online": "online", b"offline": "offline"}
SAID = 3  # faults told in full; a pack of ten thousand bad records is told like one of three


@dataclass(frozen=True, kw_only=True)
class Status:
    """A device said that it is there, or its last will that it is not.

    `at` is when it arrived, and once it is stored, when the room knew: the message carries no time, and a retained one
    may be old.
    """

    device_id: str
    status: str
    at: datetime


class Decoded(Struct, frozen=True, kw_only=True):
    """A message and what it says.

    `counts_from_arrival`: some of its times would be others, had it come at another moment.
    """

    message: Message
    readings: tuple[Reading, ...] = ()
    status: Status | None = None
    faults: tuple[Fault, ...] = ()
    counts_from_arrival: bool = False

    @property
    def records(self) -> int:
        """How many readings it claims to hold: each will be stored, known already, in contradiction or refused."""
        return len(self.readings) + sum([fault.records for fault in self.faults])


def decode(message: Message, oldest: timedelta = OLDEST) -> Decoded:
    """Read a message.

    Args:
        message: As it came.
        oldest: What was observed longer before its arrival is refused.
    """
    arrival = Arrival(at=message.received_at, oldest=oldest, waited=message.waited)
    if message.topic.startswith(report.TOPIC):
        pack = report.read(message.payload, arrival)
        return Decoded(message=message, readings=pack.readings, faults=pack.faults)
    match = DEVICE_TOPIC.fullmatch(message.topic)
    if match is None:
        detail = "The topic names no device; a device's name is 1 to 64 letters, digits, _ and -."
        return Decoded(message=message, faults=(Fault(reason=Reason.BAD_TOPIC, detail=detail),))
    if match["what"] == "status":
        return _status(message, match["device"])
    pack = senml.decode(
        message.payload,
        device_id=match["device"],
        content_type=message.content_type,
        arrival=arrival,
    )
    return Decoded(
        message=message,
        readings=pack.readings,
        faults=pack.faults,
        counts_from_arrival=pack.counts_from_arrival,
    )


def rejected(decoded: Decoded, unknown: Collection[tuple[str, Quantity]]) -> Rejected | None:
    """The message for the quarantine, or None where all of it could be read and stored.

    It is kept whole even when some of its readings are stored: `records` counts only those that are not.

    Args:
        decoded: The message.
        unknown: Devices and quantities that the register does not know.
    """
    if not (decoded.faults or unknown):
        return None
    faults = (*decoded.faults, *_strangers(decoded.readings, unknown))
    if not faults:
        return None
    message = decoded.message
    more = [f"And {len(faults) - SAID} more."] if len(faults) > SAID else []
    return Rejected(
        topic=message.topic,
        payload=message.payload,
        content_type=message.content_type,
        reason=faults[0].reason,
        detail=" ".join([*(fault.detail for fault in faults[:SAID]), *more]),
        received_at=message.received_at,
        records=sum(fault.records for fault in faults),
    )


def _status(message: Message, device_id: str) -> Decoded:
    if not message.payload:  # a retained status was taken back: the device is no longer spoken of
        return Decoded(message=message)
    if status := STATUSES.get(message.payload):
        said = Status(device_id=device_id, status=status, at=message.received_at)
        return Decoded(message=message, status=said)
    fault = Fault(reason=Reason.UNREADABLE, detail="A device's status is online or offline, and this is neither.")
    return Decoded(message=message, faults=(fault,))


def _strangers(readings: Sequence[Reading], unknown: Collection[tuple[str, Quantity]]) -> list[Fault]:
    strangers = [reading for reading in readings if (reading.device_id, reading.quantity) in unknown]
    if not strangers:
        return []
    quantities = ", ".join(dict.fromkeys(reading.quantity for reading in strangers))
    detail = f"The register has no {quantities} of {strangers[0].device_id}; import it, then replay this message."
    return [Fault(reason=Reason.UNKNOWN_DEVICE, detail=detail, records=len(strangers))]
