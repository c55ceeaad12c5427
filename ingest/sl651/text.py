"""The text of a report: who says it, when, and groups of values (SL 651-2014, 6.6).

    number of the message | time of sending | F1F1 station class | F0F0 time | element definition value | ...
              2                    6               2+5+1              2+5          1 (2)      1

The definition byte says how many bytes the value has, and how many of its digits stand behind the point.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.sl651 import elements
from ingest.sl651.bcd import BcdError, moment
from ingest.sl651.elements import BULK, FIVE_MINUTES, GROUPS, HOURLY, MANUAL, OWN, PICTURE

SERIAL, SENT, ADDRESS, TIME = 2, 6, 5, 5  # bytes


class TextError(ValueError):
    """The text ends too early or makes no sense from here on; the message is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Values of one element of one station: one, or several at equal intervals.

    Attributes:
        station: Whose they are, ten digits.
        station_class: 0x50 rain, 0x48 river, 0x54 tide and so on; None where the text has not said so.
        element: The leading byte; 0xFFxx for an element of the maker's own.
        observed_at: Of the first; for an amount the end of its span. None where none that can be read was said.
        step: From one to the next; None for a single value.
        values: Each as it came.
        decimals: Digits behind the point.
        is_binary: Whole numbers, high byte first, and not digits.
    """

    station: str
    station_class: int | None
    element: int
    observed_at: datetime | None
    step: timedelta | None
    values: tuple[bytes, ...]
    decimals: int
    is_binary: bool = False


def sent_at(text: bytes) -> datetime:
    """When the station says that it sent this.

    Raises:
        TextError: There is no such time.
    """
    if len(text) < SERIAL + SENT:
        raise TextError("The text ends before the time of its sending.")
    try:
        return moment(text[SERIAL : SERIAL + SENT])
    except BcdError as error:
        raise TextError(f"The time of sending cannot be read: {error}") from error


def groups(text: bytes, station: str) -> Iterator[Group]:
    """The groups of a report, in its order.

    Args:
        text: Of the message, all packets together.
        station: The frame's, until the text names one.

    Raises:
        TextError: From here on it cannot be read; the groups before are good.
    """
    cursor = _Cursor(text, SERIAL + SENT, station)
    while cursor.at < len(text):
        if group := cursor.group():
            yield group


class _Cursor:
    def __init__(self, text: bytes, at: int, station: str) -> None:
        self.at = at
        self._text = text
        self._station = station
        self._class: int | None = None
        self._observed_at: datetime | None = None

    def group(self) -> Group | None:
        """The next group, or None where the text only says whose or when."""
        element, definition = self._identifier()
        match element:
            case elements.STATION:
                self._station = self._take(ADDRESS).hex().upper()
                self._class = self._take(1)[0]
            case elements.OBSERVED:
                self._observed_at = self._moment()
            case elements.STEP:
                return self._uniform(definition)
            case _ if element in HOURLY:
                size, decimals = HOURLY[element]
                data = self._take(size * GROUPS)
                return self._several(element, FIVE_MINUTES, data, size, decimals)
            case _ if element in (MANUAL, PICTURE, BULK):
                return self._one(element, self._take(len(self._text) - self.at), 0)
            case _:
                return self._one(element, self._take(definition >> 3), definition & 7)
        return None

    def _identifier(self) -> tuple[int, int]:
        element = self._take(1)[0]
        if element == OWN:
            element = OWN << 8 | self._take(1)[0]
        return element, self._take(1)[0]

    def _take(self, n: int) -> bytes:
        data = self._text[self.at : self.at + n]
        if len(data) < n:
            raise TextError(f"The text ends {n - len(data)} bytes too early.")
        self.at += n
        return data

    def _moment(self) -> datetime | None:
        try:
            return moment(self._take(TIME))
        except BcdError:
            return None

    def _uniform(self, definition: int) -> Group:
        """One element's values to the end of the text, a step apart; a step of zero is that of the hourly groups."""
        dhm = self._take(definition >> 3)
        element, of_each = self._identifier()
        data = self._take(len(self._text) - self.at)
        if element in HOURLY:
            return self._several(element, FIVE_MINUTES, data, *HOURLY[element])
        if len(dhm) != 3 or not dhm.hex().isdecimal() or not any(dhm):
            raise TextError(f"The time step {dhm.hex().upper()} is none of days, hours and minutes.")
        days, hours, minutes = (int(f"{part:02x}") for part in dhm)
        step = timedelta(days=days, hours=hours, minutes=minutes)
        return self._several(element, step, data, of_each >> 3, of_each & 7)

    def _several(self, element: int, step: timedelta, data: bytes, size: int, decimals: int) -> Group:
        if not size or not data or len(data) % size:
            raise TextError(f"Values of {size} bytes do not fill {len(data)} bytes.")
        return Group(
            station=self._station,
            station_class=self._class,
            element=element,
            observed_at=self._observed_at,
            step=step,
            values=tuple(data[n : n + size] for n in range(0, len(data), size)),
            decimals=decimals,
            is_binary=element in HOURLY,
        )

    def _one(self, element: int, data: bytes, decimals: int) -> Group:
        return Group(
            station=self._station,
            station_class=self._class,
            element=element,
            observed_at=self._observed_at,
            step=None,
            values=(data,),
            decimals=decimals,
        )
