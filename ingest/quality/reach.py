"""How far the checks look: what must be read to judge a reading, and what must be judged again when one is new.

Every flag of a reading depends on the readings from BACK before it to AHEAD after it and on no others, so the order of
arrival does not matter: whoever judges again, after each arrival, everything that the arrival can reach ends with the
same flags as whoever judges all at once. The sums below are proved by the property tests.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from floodcore.domain.upkeep import Span
from ingest.quality.excursion import AFTER_S, LONGEST_S
from ingest.quality.flat import FLAT_S
from ingest.quality.series import GAP_S

# FLAT looks back over its run and one gap. FAST looks at the reading before, and whether that was disproved: by an
# excursion that began LONGEST_S earlier, two gaps after the readings that it left.
BACK = timedelta(seconds=max(FLAT_S + GAP_S, GAP_S + LONGEST_S + 2 * GAP_S))
AHEAD = timedelta(seconds=LONGEST_S + AFTER_S)  # until an excursion is over, and while the gauge is watched after it


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change within `changed` asks for; `since` is from where to read where BACK is not enough for a counter."""

    changed: Span
    since: datetime | None = None

    @property
    def judged(self) -> Span:
        """The readings whose judgement it can change."""
        return _wider(self.changed, AHEAD, BACK)

    @property
    def read(self) -> Span:
        """The readings that these are judged by."""
        read = _wider(self.judged, BACK, AHEAD)
        return read if self.since is None else replace(read, earliest=min(self.since, read.earliest))


def _wider(span: Span, before: timedelta, after: timedelta) -> Span:
    return Span(sensor_id=span.sensor_id, earliest=span.earliest - before, latest=span.latest + after)
