"""Design storms of the Chicago kind (Keifer and Chu, 1957): in every span around the peak the formula's depth falls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.storms.formula import Formula
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
S_PER_MIN = 60.0


@dataclass(frozen=True, kw_only=True)
class Chicago:
    """The same rain everywhere.

    Attributes:
        peak_share: Share of the duration before the peak; 0.3 to 0.4 in most Chinese cities.
        years: How rare it is.
        minutes: How long it lasts.
    """

    label: Label
    start: datetime
    formula: Formula
    years: float
    minutes: float
    peak_share: float

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:  # noqa: ARG002
        """The same at all places: the mean over the minute, from the depth that has fallen at its two ends."""
        begin = (at - self.start).total_seconds() / S_PER_MIN
        return np.full(len(lon), 60.0 * (self.fallen_mm(begin + 1) - self.fallen_mm(begin)))

    def fallen_mm(self, minute: float) -> float:
        """What has fallen by a minute. Before the peak the formula's depth of the span t/r falls, r of it so late."""
        peak = self.peak_share * self.minutes
        now = min(max(minute, 0.0), self.minutes)
        before = self.peak_share * self.formula.depth_mm(self.years, self.minutes)
        if now < peak:
            return before - self.peak_share * self.formula.depth_mm(self.years, (peak - now) / self.peak_share)
        late = 1 - self.peak_share
        return before + late * self.formula.depth_mm(self.years, (now - peak) / late)
