"""SenML (RFC 8428), as devices write it: a pack of records, base fields resolved, values in the stored units.

A record that cannot be read does not spoil its neighbours: they are readings, it is a fault. Only a record whose base
fields cannot be read spoils those after it, as their times or names would be guesses.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from floodcore.domain.quality import Flag
from floodcore.domain.reading import UNITS, Quantity, Reading, Reason
from floodcore.wire.senml_clock import CLOCK_OFF, DeviceClock, moment, newest, told
from floodcore.wire.senml_container import UnreadableError, read_container
from floodcore.wire.senml_record import BadRecordError, Base, Measured, read, rebased
from floodcore.wire.senml_time import Arrival, TimeError, TooOldError, is_absolute, milliseconds

JSON = "application/senml+json"
CBOR = "application/senml+cbor"
MOST_BYTES = 1 << 20  # an hour of 5-minute values of 800 quantities; more is no device
MOST_RECORDS = 10_000
UNTOLD = DeviceClock()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why `records` records of a pack are no readings; `detail` is a sentence in plain ASCII."""

    reason: Reason
    detail: str
    records: int = 1


class Pack(Struct, frozen=True, kw_only=True):
    """What a message held. Each record that claims to be a reading is either one or part of a fault.

    `counts_from_arrival`: some of its times would be others, had it come at another moment.
    """

    readings: tuple[Reading, ...] = ()
    faults: tuple[Fault, ...] = ()
    counts_from_arrival: bool = False


def decode(payload: bytes, *, device_id: str, content_type: str | None, arrival: Arrival) -> Pack:
    """Read a pack; whatever the bytes are, the answer is a pack.

    Args:
        payload: The message.
        device_id: Whose message it is: the topic says so. A device's own name in the records is not looked at.
        content_type: Of the MQTT 5 message, if it has one.
        arrival: When it came: relative times count from then, and so does a record without a time.
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
    said = _said(records, arrival)
    if not said.measured and not said.faults and said.clock is None:
        return _refused(Reason.BAD_RECORD, "The pack has base fields only, and no value.")
    return _dated(said, device_id, arrival)


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


@dataclass(kw_only=True)
class _Said:
    """What the records say, each beside its number from 1, before their times are made out."""

    measured: list[tuple[int, Measured]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    clock: DeviceClock | None = None


def _said(records: Sequence[object], arrival: Arrival) -> _Said:
    base, said = Base(), _Said()
    for number, record in enumerate(records, start=1):
        try:
            base = rebased(base, record)
        except BadRecordError as error:
            detail = f"Record {number} and those after it: {error}"
            said.faults.append(Fault(reason=error.reason, detail=detail, records=len(records) - number + 1))
            break
        try:
            one = read(base, record)
        except BadRecordError as error:
            said.faults.append(Fault(reason=error.reason, detail=f"Record {number}: {error}"))
            continue
        if isinstance(one, Measured):
            said.measured.append((number, one))
        elif one:
            said.clock = DeviceClock(is_set=one.shows) if isinstance(one.shows, bool) else told(one.shows, arrival)
    return said


def _dated(said: _Said, device_id: str, arrival: Arrival) -> Pack:
    clock = said.clock or UNTOLD
    latest = None if clock.is_set else newest(one.seconds for _, one in said.measured)
    flags = clock.flags(arrival)
    readings, faults = [], said.faults
    for number, one in said.measured:
        try:
            at = moment(one.seconds, arrival, latest)
        except TimeError as error:
            reason = Reason.TOO_OLD if isinstance(error, TooOldError) else Reason.BAD_TIME
            faults.append(Fault(reason=reason, detail=f"Record {number}: {error}"))
            continue
        readings.append(
            Reading(
                device_id=device_id,
                quantity=one.quantity,
                observed_at=at,
                value=one.value,
                received_at=arrival.at,
                flags=flags if at - arrival.at <= CLOCK_OFF else flags | Flag.CLOCK_AHEAD,
            )
        )
    counts_from_arrival = latest is not None or not all(is_absolute(one.seconds) for _, one in said.measured)
    return Pack(readings=tuple(readings), faults=tuple(faults), counts_from_arrival=counts_from_arrival)
