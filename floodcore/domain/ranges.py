"""What a gauge can show. Beyond it stand the codes of a sensor that has failed, which must not become water.

Generous: whether a possible value is a likely one is for quality control to say, later and without deleting it.
"""

from dataclasses import dataclass

from floodcore.domain.reading import UNITS, Quantity


@dataclass(frozen=True)
class Range:
    """Both ends, in the quantity's unit (UNITS), belong to it."""

    low: float
    high: float


RANGES: dict[Quantity, Range] = {
    # m over any datum, the sea's included: Baku's shore lies at -28, Tibet's rivers at 5,000. A road's depth rests on
    # the same quantity, so the lowest places of all (the Dead Sea, Turpan) need a local datum.
    Quantity.LEVEL: Range(-50, 9_000),
    Quantity.DISTANCE: Range(0, 200),  # m: the radar heads that look farthest see 120
    Quantity.RAIN: Range(0, 2_000),  # mm in one record: the most ever seen in a day is 1,825
    Quantity.RAIN_TOTAL: Range(0, 1e7),  # mm: a counter that nobody set back for a thousand years
    Quantity.FLOW: Range(-1e6, 1e6),  # m3/s: tides turn rivers, the Amazon has 3e5
    Quantity.PUMP: Range(0, 1e7),  # m3/h: the largest stations of all move 2e6
    Quantity.TIDE: Range(-30, 30),  # m: the highest tides and surges stay below 20
    Quantity.BATTERY: Range(0, 1_000),  # V: mains and the traction batteries of pumping lorries included
    Quantity.RSSI: Range(-300, 100),  # dBW: thermal noise in 1 Hz is -204
}

# What loggers write for "no value", whatever the unit: the nines, and the ends of whole numbers of 16 bits. Some lie in
# a range above (-99.99 cm is -0.9999 m), so they are looked for in the number as it was written. A river at exactly
# 9,999 mm loses one reading by that, and the next one tells.
ERROR_CODES = (-9999.99, -9999.9, -9999, -999.99, -999.9, -999, -99.99, 9999, 9999.9, 32767, -32768, 65535)
_CODES = frozenset(ERROR_CODES)
CODE_DECIMALS = 2  # a code that went through a float of 32 bits is -99.98999786
CODELESS = frozenset({Quantity.RSSI, Quantity.BATTERY, Quantity.PUMP})  # their ranges are enough, and 9,999 is a pump


def is_possible(quantity: Quantity, value: float) -> bool:
    """Whether a gauge can show this; `value` in the quantity's unit, NaN and infinities cannot be."""
    return RANGES[quantity].low <= value <= RANGES[quantity].high


def is_error_code(quantity: Quantity, written: float) -> bool:
    """Whether a finite number, as it was written and in whatever unit, says that there is no value."""
    return quantity not in CODELESS and round(written, CODE_DECIMALS) in _CODES


def told(quantity: Quantity) -> str:
    """The range as text, plain ASCII: "-50 to 9000 m"."""
    return f"{RANGES[quantity].low:g} to {RANGES[quantity].high:g} {UNITS[quantity]}"
