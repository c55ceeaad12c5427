"""What a person may say about a device and its readings: bounds that keep a slip of the hand from silencing a gauge."""

import re
from datetime import UTC, datetime, timedelta

from floodcore.domain.ranges import RANGES, is_possible, told
from floodcore.domain.reading import UNITS, Quantity
from floodcore.domain.upkeep import Action
from floodcore.errors import Refused

# A month of one-minute readings, 44,640, is judged anew in seconds. Whoever means more says so twice; whoever mistyped
# the year does not silence a tunnel's gauge for that long.
LONGEST = timedelta(days=31)
LONGEST_REASON = 500  # characters
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
WITH_VALUE = frozenset({Action.SET, Action.SHIFT})


def check_reason(reason: str) -> None:
    """Whether it tells a person something.

    Raises:
        Refused: It does not.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON or CONTROL.search(reason):
        raise Refused(f"Say why, in one line of at most {LONGEST_REASON} characters: it stays on record.")


def check_span(begins: datetime, ends: datetime, *, is_implied: bool = False) -> None:
    """Whether the ends are in order and not too far apart.

    Args:
        begins: First moment.
        ends: Last one.
        is_implied: Nobody said when it begins, so that it begins now.

    Raises:
        Refused: They are not.
    """
    if begins > ends and is_implied:
        raise Refused(f"Its end is past, at {_told(ends)}; give a later one, or a begin before it.")
    if begins > ends:
        raise Refused(f"It begins at {_told(begins)} and ends before that, at {_told(ends)}; exchange them.")
    if ends - begins > LONGEST:
        raise Refused(f"It lasts longer than {LONGEST.days} days; say it for each month by itself.")


def check_value(action: Action, value: float | None, quantity: Quantity) -> None:
    """Whether a correction has the value that it needs.

    Args:
        action: What is said of the readings.
        value: What to set, or by how much to shift, in the quantity's unit.
        quantity: Of the readings.

    Raises:
        Refused: It is missing, is not wanted, or is none that a gauge can show.
    """
    if (value is not None) != (action in WITH_VALUE):
        raise Refused("A correction that sets or shifts has a value; one that says good or bad has none.")
    if value is None:
        return
    if action is Action.SET and not is_possible(quantity, value):
        raise Refused(f"No gauge shows a {quantity} of {value:g} {UNITS[quantity]}; its range is {told(quantity)}.")
    width = RANGES[quantity].high - RANGES[quantity].low
    if action is Action.SHIFT and not abs(value) <= width:
        raise Refused(f"A {quantity} cannot be off by {value:g} {UNITS[quantity]}; its range is {told(quantity)}.")


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
