"""A group of values as readings, or why they are none."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from floodcore.domain.ranges import is_error_code, is_possible, told
from floodcore.domain.reading import UNITS, Quantity, Reading, Reason
from floodcore.wire.senml import Fault
from floodcore.wire.senml_time import FUTURE, Arrival
from ingest.sl651.bcd import BcdError, number
from ingest.sl651.elements import PASSED_OVER, QUANTITIES, SPAN, TIDE_STATION
from ingest.sl651.text import Group

MINUTE = timedelta(minutes=1)  # of which times of observation are; that of sending has seconds


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What holds for a whole message.

    Attributes:
        arrival: When the message came, by the room's clock, and how old its readings may be.
        sent_at: The station's own time at sending.
        flags: Of every reading of the message: what the two times say about the station's clock.
    """

    arrival: Arrival
    sent_at: datetime
    flags: int


class RefusedError(ValueError):
    """Why a value is no reading."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def readings_of(group: Group, now: Circumstances) -> tuple[list[Reading], list[Fault]]:
    """The readings of a group, and faults that count what is none; of an element without a place here, nothing."""
    if group.element in PASSED_OVER:
        return [], []
    readings: list[Reading] = []
    wrong: Counter[tuple[Reason, str]] = Counter()
    try:
        quantity, times = _quantity(group), _times(group, now)
    except RefusedError as error:
        return [], [fault(group, error.reason, str(error), len(group.values))]
    for at, data in zip(times, group.values, strict=True):
        try:
            value = _value(group, quantity, data)
        except RefusedError as error:
            wrong[error.reason, str(error)] += 1
        else:
            readings.append(
                Reading(
                    device_id=group.station,
                    quantity=quantity,
                    observed_at=at,
                    value=value,
                    received_at=now.arrival.at,
                    flags=now.flags,
                )
            )
    return readings, [fault(group, reason, detail, n) for (reason, detail), n in wrong.items()]


def fault(group: Group, reason: Reason, detail: str, records: int) -> Fault:
    """Why `records` values of a group are no readings; `detail` follows "Element 39:"."""
    of = f" ({records} of {len(group.values)} values)" if len(group.values) > 1 else ""
    return Fault(reason=reason, detail=f"Element {group.element:02X}{of}: {detail}", records=records)


def _quantity(group: Group) -> Quantity:
    quantity = QUANTITIES.get(group.element)
    if quantity is None:
        raise RefusedError(Reason.UNKNOWN_QUANTITY, "it is nothing that the standard's table C.1 or the room knows.")
    if group.step not in (None, SPAN.get(group.element, group.step)):
        raise RefusedError(Reason.BAD_RECORD, f"an amount of {SPAN[group.element]} does not come every {group.step}.")
    is_tide = quantity is Quantity.LEVEL and group.station_class == TIDE_STATION
    return Quantity.TIDE if is_tide else quantity


def _times(group: Group, now: Circumstances) -> list[datetime]:
    first = group.observed_at
    if first is None:
        raise RefusedError(Reason.BAD_TIME, "no time of observation that can be read stands before it.")
    try:
        times = [first + n * (group.step or timedelta()) for n in range(len(group.values))]
    except OverflowError:
        raise RefusedError(Reason.BAD_TIME, "its times go beyond the calendar.") from None
    last = max((at for at, data in zip(times, group.values, strict=True) if not _is_missing(data)), default=first)
    # The time is that of the first value. Some stations put that of sending there: then nothing of it can be placed.
    if group.step and last > now.sent_at + MINUTE:
        detail = "it goes on after the time of sending; the time before it must be that of its first value."
        raise RefusedError(Reason.BAD_TIME, detail)
    if last > now.arrival.at + FUTURE:
        ahead = last - now.arrival.at
        raise RefusedError(Reason.BAD_TIME, f"its time lies {ahead} in the future; set the station's clock.")
    if first < now.arrival.at - now.arrival.oldest:
        raise RefusedError(Reason.TOO_OLD, f"it is of {first:%Y-%m-%d %H:%M} UTC; import it as an event pack.")
    return times


def _value(group: Group, quantity: Quantity, data: bytes) -> float:
    if _is_missing(data):
        raise RefusedError(Reason.BAD_RECORD, "there is no value, only FF; look at the sensor.")
    value = _number(group, data)
    if is_error_code(quantity, value):
        raise RefusedError(Reason.BAD_RECORD, f"{value:g} is an error code, no {quantity}; look at the sensor.")
    if not is_possible(quantity, value):
        shown = f"no gauge shows a {quantity} of {value:g} {UNITS[quantity]}, but {told(quantity)}"
        raise RefusedError(Reason.BAD_RECORD, f"{shown}; look at the sensor.")
    return value


def _is_missing(data: bytes) -> bool:
    return bool(data) and not data.strip(b"\xff")


def _number(group: Group, data: bytes) -> float:
    if group.is_binary:
        value: float = int.from_bytes(data, "big") / 10**group.decimals
        return value
    try:
        return number(data, group.decimals)
    except BcdError as error:
        raise RefusedError(Reason.BAD_RECORD, str(error)) from error
