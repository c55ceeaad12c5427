"""One SenML record: what the base fields before it and its own say together."""

import math
import re
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from floodcore.domain.ranges import is_error_code, is_possible, told
from floodcore.domain.reading import UNITS, Quantity, Reason
from floodcore.wire.senml_clock import CLOCK
from floodcore.wire.senml_units import conversion, units

VERSION = 10  # RFC 8428's
BASE_FIELDS = frozenset({"bn", "bt", "bu", "bv", "bs", "bver"})
FIELDS = BASE_FIELDS | {"n", "u", "v", "vb", "vs", "vd", "t", "ut", "s"}
NAME = re.compile(rf"(?:^|[-:./_])({'|'.join(sorted((*Quantity, CLOCK), key=len, reverse=True))})\Z")
NAME_END = 80  # of a name, what is looked at and remembered: a name may be as long as a message


class BadRecordError(ValueError):
    """No reading; the text says why and follows "Record 3:"."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The base fields as they stand at a record: each holds until a later record replaces it."""

    name: str = ""
    time: float = 0.0
    unit: str | None = None
    value: float = 0.0


class _BaseFields(msgspec.Struct):
    bn: str | UnsetType = UNSET
    bt: float | UnsetType = UNSET
    bu: str | UnsetType = UNSET
    bv: float | UnsetType = UNSET
    bver: int | UnsetType = UNSET


class _Fields(msgspec.Struct):
    n: str = ""
    u: str | UnsetType = UNSET
    v: float | UnsetType = UNSET
    vb: bool | UnsetType = UNSET
    vs: str | UnsetType = UNSET
    vd: str | UnsetType = UNSET
    t: float = 0.0
    ut: float | UnsetType = UNSET


def rebased(base: Base, record: object) -> Base:
    """The base fields from this record on.

    Raises:
        BadRecordError: They cannot be read, so that no later record can either.
    """
    if not isinstance(record, dict) or BASE_FIELDS.isdisjoint(record):
        return base
    try:
        # Where every field is known the rest of them is passed over without looking at each.
        own = record if FIELDS.issuperset(record) else {name: record[name] for name in BASE_FIELDS & record.keys()}
        given = msgspec.convert(own, _BaseFields)
    except msgspec.ValidationError as error:
        raise BadRecordError(Reason.BAD_RECORD, f"its base fields cannot be read: {error}.") from error
    if given.bver is not UNSET and not 0 < given.bver <= VERSION:
        detail = f"it is SenML of version {_shown(str(given.bver))}; we read up to {VERSION}."
        raise BadRecordError(Reason.BAD_RECORD, detail)
    return Base(
        name=base.name if given.bn is UNSET else given.bn,
        time=base.time if given.bt is UNSET else given.bt,
        unit=base.unit if given.bu is UNSET else given.bu,
        value=base.value if given.bv is UNSET else given.bv,
    )


class Measured(msgspec.Struct, frozen=True):
    """What a record says, before its time is made out: `seconds` as written, `value` in the stored unit."""

    quantity: Quantity
    seconds: float
    value: float


class Clock(msgspec.Struct, frozen=True):
    """What a record says of the device's clock: whether it is set, or, where it is a number, what it shows."""

    shows: bool | float


def read(base: Base, record: object) -> Measured | Clock | None:
    """What a record says, or None where it only sets base fields.

    Args:
        base: As `rebased` by this record.
        record: As the container gave it.

    Raises:
        BadRecordError: It says nothing that the room knows.
    """
    if isinstance(record, dict) and record and BASE_FIELDS.issuperset(record):
        return None
    fields = _fields(record)
    name = base.name + fields.n
    quantity = _quantity(name[-NAME_END:])
    if quantity is None:
        return _clock(base, fields)
    return Measured(quantity, base.time + fields.t, _value(base, fields, quantity))


def _fields(record: object) -> _Fields:
    if isinstance(record, dict) and not FIELDS.issuperset(record):
        for name in record:
            if isinstance(name, str) and name.endswith("_"):  # RFC 8428, 4.4: to be refused if not understood
                raise BadRecordError(Reason.BAD_RECORD, f"the field {_shown(name)} must be understood, and is not.")
    try:
        return msgspec.convert(record, _Fields)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # half a surrogate in a field's name
        raise BadRecordError(Reason.BAD_RECORD, f"{error}.") from error


@lru_cache(maxsize=4096)  # devices repeat themselves; a stranger's names push out each other
def _quantity(name: str) -> Quantity | None:
    """The quantity that the end of a name tells; None for the device's clock."""
    match = NAME.search(name)
    if match is None:
        known = ", ".join(Quantity)
        raise BadRecordError(Reason.UNKNOWN_QUANTITY, f"{_shown(name)} ends in no quantity; known are {known}.")
    return None if match[1] == CLOCK else Quantity(match[1])


def _clock(base: Base, fields: _Fields) -> Clock:
    _check_single(fields)
    if fields.vb is not UNSET:
        return Clock(fields.vb)
    if fields.v is UNSET or not math.isfinite(shows := base.value + fields.v):
        raise BadRecordError(Reason.BAD_RECORD, "a clock is true, false, or the seconds since 1970 that it shows.")
    return Clock(shows)


def _check_single(fields: _Fields) -> None:
    """Refuse several values in one record; nearly every record has a number and nothing else."""
    others = (fields.vb is not UNSET) + (fields.vs is not UNSET) + (fields.vd is not UNSET)
    if others + (fields.v is not UNSET) > 1:
        raise BadRecordError(Reason.BAD_RECORD, "it has several values; which one is meant cannot be told.")


def _value(base: Base, fields: _Fields, quantity: Quantity) -> float:
    _check_single(fields)
    if fields.vb is not UNSET:
        if quantity is not Quantity.PUMP:
            raise BadRecordError(Reason.BAD_RECORD, f"{quantity} is a number, not true or false.")
        return float(fields.vb)
    if fields.v is UNSET:
        raise BadRecordError(Reason.BAD_RECORD, "it has no number as its value (v).")
    written = base.value + fields.v
    value = _converted(written, fields, base, quantity)
    if not math.isfinite(value):
        raise BadRecordError(Reason.BAD_RECORD, "its value is no finite number.")
    if is_error_code(quantity, written):
        raise BadRecordError(Reason.BAD_RECORD, f"{written:g} is an error code, no {quantity}; look at the sensor.")
    if not is_possible(quantity, value):
        detail = (
            f"no gauge shows a {quantity} of {value:g} {UNITS[quantity]}, but {told(quantity)}; look at the sensor."
        )
        raise BadRecordError(Reason.BAD_RECORD, detail)
    return value


def _converted(value: float, fields: _Fields, base: Base, quantity: Quantity) -> float:
    unit = base.unit if fields.u is UNSET else fields.u
    convert = conversion(quantity, unit)
    if convert is None:
        known = ", ".join(units(quantity))
        detail = f"{quantity} is not written in {_shown(unit or '')}; known are {known}."
        raise BadRecordError(Reason.UNKNOWN_UNIT, detail)
    if not convert.is_rate:
        return convert(value)
    if fields.ut is UNSET or not fields.ut > 0:
        detail = f"an intensity in {unit} becomes rain only with ut, the seconds that it lasted."
        raise BadRecordError(Reason.UNKNOWN_UNIT, detail)
    return convert(value) * fields.ut


def _shown(text: str) -> str:
    """A stranger's text, quoted, short, and such that every log and database takes it."""
    return ascii(text[:80])
