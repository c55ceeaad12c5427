"""What a person saw: water at a place, told by a citizen, a post or a crew."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from floodcore.domain.picture import Picture
from floodcore.domain.site import Place
from floodcore.errors import Conflict, Refused

LONGEST_TEXT = 1000  # characters; a hotline's record is a few sentences
DEEPEST_M = 20.0  # no place in a city is under more; beyond it is centimetres taken for metres
OLDEST = timedelta(days=31)  # before the moment it comes in; a year mistyped is told at once
NOT_FOR_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")  # all that is no letter but the line's end


class Source(StrEnum):
    """Who saw it."""

    HOTLINE = "hotline"  # a citizen, who called 12345
    POST = "post"  # a post that stands there
    CREW = "crew"  # a team on its order


@dataclass(frozen=True, kw_only=True)
class Report:
    """A person's word about water.

    Attributes:
        reported_at: When it was seen, or told, aware.
        place: As it was told; citizens are often off by some hundred metres.
        text: In the person's words.
        depth_m: Over the road, by eye; None where nobody said.
        site_id: The watched place that it is about, where that is known.
        photo: What it looked like.

    Raises:
        Refused: It says nothing, or cannot be.
    """

    reported_at: datetime
    place: Place
    text: str
    source: Source
    depth_m: float | None = None
    site_id: str | None = None
    photo: Picture | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > LONGEST_TEXT or NOT_FOR_TEXT.search(self.text):
            raise Refused(f"Say what was seen, in at most {LONGEST_TEXT} characters.")
        if self.depth_m is not None and not 0 <= self.depth_m <= DEEPEST_M:
            raise Refused(
                f"No road is under {self.depth_m:g} m of water; give the depth in metres, 0 to {DEEPEST_M:g}."
            )

    def received(self, now: datetime) -> "Report":
        """The report as it comes in at a moment: one from a clock that is ahead is of now.

        Raises:
            Conflict: It is too old by then.
        """
        if now - self.reported_at > OLDEST:
            raise Conflict(f"This was seen more than {OLDEST.days} days ago; look at the date of `reported_at`.")
        return replace(self, reported_at=min(self.reported_at, now))
