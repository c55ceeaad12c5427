"""How often a sensor is to report, by what the weather and the water do; before that its silence is no news.

Gauges report every quarter of an hour in dry weather, every few minutes in rain and every minute over a limit
(越限加报). A sensor changes its pace when it notices by itself: for one dry interval nobody can expect the faster one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from floodcore.domain.reading import SELF_REPORTS, Quantity

MISSED = 3  # intervals without a word: one message may be lost, two seldom are


class Mode(StrEnum):
    """What a sensor has reason to do."""

    DRY = "dry"
    RAIN = "rain"
    BURST = "burst"


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """A sensor's reporting intervals."""

    dry: timedelta
    rain: timedelta
    burst: timedelta

    def interval(self, mode: Mode) -> timedelta:
        """How often it reports then."""
        return {Mode.DRY: self.dry, Mode.RAIN: self.rain, Mode.BURST: self.burst}[mode]

    def silent_after(self, newest: datetime, mode: Mode, since: datetime) -> datetime:
        """From when on its silence is news: three intervals after its newest reading, or after it had to change pace.

        Args:
            newest: When it last reported.
            mode: Of now.
            since: Since when the mode has been so; until one interval of the slowest pace later it may not know.
        """
        return max(newest, min(since, newest + self.dry)) + MISSED * self.interval(mode)


WATER = Cadence(dry=timedelta(minutes=15), rain=timedelta(minutes=5), burst=timedelta(minutes=1))
SELF = Cadence(dry=timedelta(hours=1), rain=timedelta(hours=1), burst=timedelta(hours=1))  # guessed: batteries are slow


def cadence_of(quantity: Quantity, dry_s: int | None, rain_s: int | None, burst_s: int | None) -> Cadence:
    """A sensor's intervals; None, in seconds, is the quantity's default.

    A pace that is not set is never slower than a calmer one that is: whoever reports each minute when it is dry does
    not slow down in the rain.
    """
    usual = SELF if quantity in SELF_REPORTS else WATER
    dry = usual.dry if dry_s is None else timedelta(seconds=dry_s)
    rain = min(dry, usual.rain) if rain_s is None else timedelta(seconds=rain_s)
    burst = min(rain, usual.burst) if burst_s is None else timedelta(seconds=burst_s)
    return Cadence(dry=dry, rain=rain, burst=burst)


def mode_of(*, is_raining: bool, is_over_limit: bool) -> Mode:
    """What a sensor has reason to do: over a limit it bursts, rain or not."""
    if is_over_limit:
        return Mode.BURST
    return Mode.RAIN if is_raining else Mode.DRY
