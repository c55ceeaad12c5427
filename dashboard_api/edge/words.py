"""What a person writes in a request."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from floodcore.domain.people import LONGEST_REASON, check_reason
from floodcore.errors import Refused


def says_why(reason: str) -> str:
    """The reason as it is.

    Raises:
        ValueError: It tells a person nothing; the same sentence as on the command line.
    """
    try:
        check_reason(reason)
    except Refused as error:
        raise ValueError(str(error)) from None
    return reason


# The document says what `check_reason` asks: one line that says something.
ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Reason = Annotated[
    str,
    AfterValidator(says_why),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_REASON, "pattern": ONE_LINE}),
]
DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SiteId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
SensorId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]  # below 2**31, as the memory's numbers are


def whole(number: object) -> object:
    """3.0 is a whole number, too: JSON knows one kind of numbers."""
    return int(number) if isinstance(number, float) and number.is_integer() else number
