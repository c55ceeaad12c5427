"""Numbers and times as digits, two to a byte (SL 651-2014, 6.6.2.5 and 6.6.3.3)."""

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))  # every time in a frame; without summer time since 1991
CENTURY = 2000  # the year has two digits, and the standard is of 2014
MOMENTS = frozenset({5, 6})  # bytes of a time, to the minute and to the second
NEGATIVE = b"\xff"  # a first byte that is no digits: the others are below zero


class BcdError(ValueError):
    """No number or no time; the text says why and follows "Element 39:"."""


def number(data: bytes, decimals: int) -> float:
    """A number.

    Args:
        data: The digits, high ones first, and before them FF where the number is negative.
        decimals: How many of the digits stand behind the point.

    Raises:
        BcdError: There is nothing, or something else than digits.
    """
    is_negative = data[:1] == NEGATIVE
    digits = data[is_negative:].hex()
    if not digits.isdecimal():
        raise BcdError(f"{data.hex().upper() or 'nothing'} is no number.")
    size: float = int(digits) / 10**decimals
    return -size if is_negative else size


def to_bcd(value: float, size: int, decimals: int) -> bytes:
    """A number in `size` bytes; FF goes before a negative one.

    Raises:
        BcdError: It does not fit.
    """
    is_negative = value < 0
    digits = f"{round(abs(value) * 10**decimals):0{2 * (size - is_negative)}d}"
    if len(digits) > 2 * (size - is_negative):
        raise BcdError(f"{value} does not fit into {size} bytes.")
    return NEGATIVE * is_negative + bytes.fromhex(digits)


def moment(data: bytes) -> datetime:
    """YYMMDDHHmm, and SS where there are six bytes, as a time in UTC.

    Raises:
        BcdError: It is no date of this century.
    """
    digits = data.hex()
    if len(data) not in MOMENTS:
        raise BcdError(f"{len(data)} bytes are no time.")
    try:
        parts = [int(digits[n : n + 2]) for n in range(0, len(digits), 2)]
        local = datetime(CENTURY + parts[0], *parts[1:], tzinfo=BEIJING)  # type: ignore[misc, arg-type]
    except ValueError as error:  # no digits, or the thirteenth month
        raise BcdError(f"{digits.upper()} is no time; set the station's clock.") from error
    return local.astimezone(UTC)


def to_moment(at: datetime, size: int = 6) -> bytes:
    """A time as stations write it: six bytes to the second, five to the minute."""
    return bytes.fromhex(f"{at.astimezone(BEIJING):%y%m%d%H%M%S}")[:size]
