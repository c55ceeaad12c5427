"""SenML (RFC 8428), as devices write it: a pack of records, base fields resolved, values in the stored units.

A record that cannot be read does not spoil its neighbours: they are readings, it is a fault. Only a record whose base
fields cannot be read spoils those after it, as their times or names would be guesses.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from floodcore.domain.reading import UNITS, Quantity, Reading, Reason
from floodcore.wire.senml_container import UnreadableError, read_container
from floodcore.wire.senml_record import BadRecordError, Base, reading_of, rebased
from floodcore.wire.senml_time import milliseconds

JSON = "application/senml+json"
CBOR = "application/senml+cbor"
MOST_BYTES = 1 << 20  # an hour of 5-minute values of 800 quantities; more is no device
MOST_RECORDS = 10_000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why `records` records of a pack are no readings; `detail` is a sentence in plain ASCII."""

    reason: Reason
    detail: str
    records: int = 1


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What a message held. Each record that claims to be a reading is either one or part of a fault."""

    readings: tuple[Reading, ...] = ()
    faults: tuple[Fault, ...] = ()


def decode(payload: bytes, *, device_id: str, content_type: str | None, received_at: datetime) -> Pack:
    """Read a pack; whatever the bytes are, the answer is a pack.

    Args:
        payload: The message.
        device_id: Whose message it is: the topic says so. A device's own name in the records is not looked at.
        content_type: Of the MQTT 5 message, if it has one.
        received_at: The room's time at arrival: relative times count from it, and so does a record without a time.
    """
    if len(payload) > MOST_BYTES:
        return _refused(Reason.TOO_LARGE, f"The message has {len(payload)} bytes; at most {MOST_BYTES} are read.")
    try:
        records = read_container(payload, content_type)
    except UnreadableError as error:
        return _refused(Reason.UNREADABLE, str(error))
    if len(records) > MOST_RECORDS:
        detail = f"The pack has {len(records)} records; at most {MOST_RECORDS} are read. Send it in parts."
        return _refused(Reason.TOO_LARGE, detail, len(records))
    return _resolve(records, device_id, received_at)


def encode(device_id: str, records: Sequence[tuple[Quantity, datetime, float]]) -> bytes:
    """A pack as JSON, in the stored units; times to the millisecond.

    Args:
        device_id: Becomes the base name.
        records: Quantity, time and value of each; at least one.
    """
    first = milliseconds(records[0][1])
    pack = [
        {"n": quantity, "u": UNITS[quantity], "v": value}
        | ({"t": (milliseconds(at) - first) / 1000} if milliseconds(at) != first else {})
        for quantity, at, value in records
    ]
    pack[0] = {"bn": f"{device_id}:", "bt": first / 1000, **pack[0]}
    return json.dumps(pack, separators=(",", ":"), allow_nan=False).encode()


def _refused(reason: Reason, detail: str, records: int = 1) -> Pack:
    return Pack(faults=(Fault(reason=reason, detail=detail, records=records),))


def _resolve(records: Sequence[object], device_id: str, received_at: datetime) -> Pack:
    base = Base()
    readings: list[Reading] = []
    faults: list[Fault] = []
    for index, record in enumerate(records):
        try:
            base = rebased(base, record)
        except BadRecordError as error:
            detail = f"Record {index + 1} and those after it: {error}"
            faults.append(Fault(reason=error.reason, detail=detail, records=len(records) - index))
            break
        try:
            if reading := reading_of(base, record, device_id, received_at):
                readings.append(reading)
        except BadRecordError as error:
            faults.append(Fault(reason=error.reason, detail=f"Record {index + 1}: {error}"))
    if not readings and not faults:
        return _refused(Reason.BAD_RECORD, "The pack has base fields only, and no value.")
    return Pack(readings=tuple(readings), faults=tuple(faults))
