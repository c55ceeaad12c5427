"""Units a device may write, by the symbols of RFC 8428 and RFC 8798 and m3/h, and how each becomes the stored one."""

from dataclasses import dataclass

from floodcore.domain.reading import UNITS, Quantity

S_PER_H = 3600


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """`value * times / over + plus` is the value in the stored unit.

    A factor and a divisor instead of one factor: 57 / 100 is 0.57, while 57 * 0.01 is 0.5700000000000001.

    Attributes:
        times: Factor.
        over: Divisor.
        plus: Offset, in the stored unit.
        is_rate: The value is an intensity per second once multiplied and divided, and must be multiplied by how
            many seconds it lasted.
    """

    times: int = 1
    over: int = 1
    plus: int = 0
    is_rate: bool = False

    def __call__(self, value: float) -> float:
        """The value in the stored unit."""
        return value * self.times / self.over + self.plus


_LENGTH_M = {"m": Conversion(), "cm": Conversion(over=100), "mm": Conversion(over=1000)}
_RAIN_TOTAL_MM = {"mm": Conversion(), "cm": Conversion(times=10), "m": Conversion(times=1000)}
_RAIN_MM = _RAIN_TOTAL_MM | {
    "mm/h": Conversion(over=S_PER_H, is_rate=True),
    "m/s": Conversion(times=1000, is_rate=True),
}
_ON_OR_OFF = Conversion()

_CONVERSIONS: dict[Quantity, dict[str, Conversion]] = {
    Quantity.LEVEL: _LENGTH_M,
    Quantity.DISTANCE: _LENGTH_M,
    Quantity.TIDE: _LENGTH_M,
    Quantity.RAIN: _RAIN_MM,
    Quantity.RAIN_TOTAL: _RAIN_TOTAL_MM,
    Quantity.FLOW: {"m3/s": Conversion(), "m3/h": Conversion(over=S_PER_H), "l/s": Conversion(over=1000)},
    Quantity.PUMP: {
        "m3/h": Conversion(),
        "m3/s": Conversion(times=S_PER_H),
        "l/s": Conversion(times=S_PER_H, over=1000),
        "/": _ON_OR_OFF,  # RFC 8428: a ratio, such as a switch's: 0 is off and 1 is on
    },
    Quantity.BATTERY: {"V": Conversion(), "mV": Conversion(over=1000)},
    Quantity.RSSI: {"dBW": Conversion(), "dBm": Conversion(plus=-30)},  # 0 dBm is 1 mW, -30 dBW
}


def conversion(quantity: Quantity, unit: str | None) -> Conversion | None:
    """How a unit becomes the quantity's stored one; None where it cannot.

    Args:
        quantity: What was measured.
        unit: As the device wrote it; without one the value is in the stored unit already.
    """
    return _CONVERSIONS[quantity].get(UNITS[quantity] if unit is None else unit)


def units(quantity: Quantity) -> tuple[str, ...]:
    """The units a device may write this quantity in."""
    return tuple(_CONVERSIONS[quantity])
