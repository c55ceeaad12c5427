"""DRIFT: where a gauge's zero stands by its own dry nights.

An ultrasonic head sags, its post leans, mud settles below it: its dry road wanders away from zero by centimetres. In a
dry night nothing else can, so three of them that agree are the gauge's own measurement of its height.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.quality.series import Series

NIGHT_S = 3 * 3600.0
LEAST = 8  # readings in a night: two hours of the dry cadence
STILL_M = 0.02  # from the tenth to the ninetieth part of them: a pond that drains is not so still
NIGHTS = 3  # by then any pond has drained
AGREE_M = 0.02  # from the lowest night to the highest
NOTED_M = 0.01  # the step of common gauges
MOST_M = 0.12  # as far as a gauge drifts; what is more may be water, and is for a person to see


@dataclass(frozen=True, slots=True)
class Zero:
    """Where the gauge stood in its dry nights, m over its zero."""

    level_m: float

    @property
    def is_off(self) -> bool:
        """Whether it is worth a word."""
        return abs(self.level_m) > NOTED_M

    @property
    def is_drift(self) -> bool:
        """Whether it may be put right without asking: a small shift, as drift is."""
        return self.is_off and abs(self.level_m) <= MOST_M


def night_level_m(level: Series, is_dry: bool) -> float | None:
    """The median of a night's levels (m); None where it was not known to be dry, or not a still night."""
    if not is_dry or len(level) < LEAST:
        return None
    low, middle, high = np.percentile(level.value, [10, 50, 90])
    return float(middle) if high - low <= STILL_M else None


def zero_of(nights_m: Sequence[float | None]) -> Zero | None:
    """The zero by the levels of the last nights (m); None where they do not agree, or one of them says nothing."""
    known = [night for night in nights_m if night is not None]
    if len(known) < NIGHTS or len(known) < len(nights_m) or max(known) - min(known) > AGREE_M:
        return None
    return Zero(round(float(np.median(known)), 3))
