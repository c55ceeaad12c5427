"""What a person writes in a request."""

from typing import Annotated

from pydantic import StringConstraints

from floodcore.domain.people import LONGEST_REASON

# One line that says something; floodcore.domain.people asks the same of whoever comes another way.
Reason = Annotated[
    str, StringConstraints(max_length=LONGEST_REASON, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SiteId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
SensorId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]  # below 2**31, as the memory's numbers are


def whole(number: object) -> object:
    """3.0 is a whole number, too: JSON knows one kind of numbers."""
    return int(number) if isinstance(number, float) and number.is_integer() else number
