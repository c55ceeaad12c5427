"""What each kind of place can show, and how fast water has been seen to move there.

Beyond a range a reading is bad, so these are far out: only what no place of this kind can ever show. Beyond a rate it
is suspect, raised, and acted on.
"""

from dataclasses import dataclass

from floodcore.domain.ranges import RANGES, Range
from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Above `per_minute` water has not been seen to move; a step below `least` tells nothing about a rate."""

    per_minute: float
    least: float


# A wrong unit is off by ten or a thousand; a tunnel that fills at 75 cm/min for twenty minutes stands at 15 m. Dry
# ground may lie below the zero, by a mount that was measured badly.
ROAD_DEPTH_M = Range(-1.0, 20.0)
RANGE_OF: dict[tuple[Quantity, SiteKind], Range] = {
    (Quantity.LEVEL, SiteKind.ROAD): ROAD_DEPTH_M,
    (Quantity.LEVEL, SiteKind.UNDERPASS): ROAD_DEPTH_M,
    (Quantity.TIDE, SiteKind.TIDE): Range(-15.0, 15.0),  # the Bay of Fundy's 16 m lie on both sides of their mean
}
# 20 July 2021 began at 14 cm/min, which must stand out; the street floods of New York's gauges rise by 1 to 5.
SURFACE = Rate(per_minute=0.10, least=0.05)  # 5 cm: the depth of the first notice, beyond the noise of any gauge
SHAFT = Rate(per_minute=0.50, least=0.10)  # a manhole of 1 m2 under pressure
RATE_OF: dict[tuple[Quantity, SiteKind], Rate] = {
    **{(Quantity.LEVEL, kind): SURFACE for kind in SiteKind},
    (Quantity.LEVEL, SiteKind.WELL): SHAFT,
    **{(Quantity.TIDE, kind): SURFACE for kind in SiteKind},
}
# 201.9 mm in an hour are 3.4 a minute, and the hundred-year ten minutes of Zhengzhou 3.6.
RAIN_FAST_MM_MIN = 5.0
RAIN_ENVELOPE_MM = 390.0  # in one hour; the world's records lie along this times the root of the hours


def range_of(quantity: Quantity, kind: SiteKind) -> Range:
    """What a gauge of this quantity can show at this kind of place, in the quantity's unit."""
    return RANGE_OF.get((quantity, kind), RANGES[quantity])


def rate_of(quantity: Quantity, kind: SiteKind) -> Rate | None:
    """How fast it can move there, in the quantity's unit; None where a rate tells nothing."""
    return RATE_OF.get((quantity, kind))
