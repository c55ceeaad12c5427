"""How long a sensor may say nothing before its silence is news, by what the weather and the water do.

Gauges report every quarter of an hour in dry weather, every few minutes in rain and every minute over a limit
(越限加报). Where the register states this, a sensor is expected so. Of one for which it states nothing all that is
known is how it has reported so far: many publish only while there is water.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from floodcore.domain.site import SiteKind

MISSED = 3  # intervals without a word: one message may be lost, two seldom are
# Over a limit in an underpass: on 20 July 2021 a tunnel was full ten minutes after it was ankle-deep. Of 1,451 readings
# that rose above 15 cm on FloodNet's rain days 20 were followed by more than two intervals without a word and 9 by more
# than three: a false alarm more in 130 readings, and it ends with the next one.
MISSED_IN_UNDERPASS = 2


class Mode(StrEnum):
    """What a sensor has reason to do: over a limit it bursts, rain or not."""

    DRY = "dry"
    RAIN = "rain"
    BURST = "burst"


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """How often a sensor is to report, as the register states it; None where it does not.

    Attributes:
        dry: In dry weather.
        rain: In rain.
        burst: Over a limit.
        missed_in_burst: How many intervals without a word are news over a limit.
    """

    dry: timedelta | None = None
    rain: timedelta | None = None
    burst: timedelta | None = None
    missed_in_burst: int = MISSED

    def patience(self, mode: Mode, own: timedelta | None) -> timedelta | None:
        """How long after its newest reading it may say nothing; None where nobody knows how often it reports.

        A sensor notices by itself that it rains. Until it has reported so often, it has one calm interval to do so.
        That it is over a limit its own newest reading has said.

        Args:
            mode: Of now.
            own: How often it has reported lately.
        """
        pace = self._interval(mode, own)
        if pace is None:
            return None
        if mode is Mode.BURST:
            return self.missed_in_burst * pace
        calm = self._interval(Mode.DRY, own) or pace
        notices = timedelta() if own and own <= pace else calm
        return min(MISSED * pace + notices, MISSED * max(calm, pace))

    def _interval(self, mode: Mode, own: timedelta | None) -> timedelta | None:
        """What is stated for the mode; else the quickest of what is stated for a calmer one and of what it does."""
        by_mode = {Mode.DRY: self.dry, Mode.RAIN: self.rain, Mode.BURST: self.burst}
        if stated := by_mode[mode]:
            return stated
        calmer = [by_mode[one] for one in list(Mode)[: list(Mode).index(mode)]]
        return min((one for one in (*calmer, own) if one), default=None)


def cadence_of(kind: SiteKind, dry_s: int | None, rain_s: int | None, burst_s: int | None) -> Cadence:
    """The cadence of a sensor at a kind of place; seconds, None where the register states nothing."""
    dry, rain, burst = (None if one is None else timedelta(seconds=one) for one in (dry_s, rain_s, burst_s))
    missed = MISSED_IN_UNDERPASS if kind is SiteKind.UNDERPASS else MISSED
    return Cadence(dry=dry, rain=rain, burst=burst, missed_in_burst=missed)
