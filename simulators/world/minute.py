"""What is true in one minute of a simulated city."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Minute:
    """The truth at the end of one minute.

    Attributes:
        at: The end of the minute, aware, UTC.
        depth_m: Water in each node over its invert, nodes of all parts one after the other.
        road_m: Water over the road at each watched place, in the order of `City.watched`.
        gauge: What each gauge would read without fault, in the order of `City.gauges`: metres over its zero (also for
            ULTRASONIC; the instrument turns it into a distance), m3/s, 0 or 1; for RAIN mm in this minute.
        has_power: For each gauge, whether its place has power.
        rain_mm_h: Over each watched place, mean of the minute.
    """

    at: datetime
    depth_m: FloatArray
    road_m: FloatArray
    gauge: FloatArray
    has_power: NDArray[np.bool_]
    rain_mm_h: FloatArray
