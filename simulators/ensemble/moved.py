"""A storm at another time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.storms.storm import Label, Storm


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The same rain `by` later, as a `Storm`."""

    storm: Storm
    by: timedelta

    @property
    def label(self) -> Label:
        """As before."""
        return self.storm.label

    @property
    def start(self) -> datetime:
        """So much later."""
        return self.storm.start + self.by

    @property
    def end(self) -> datetime:
        """So much later."""
        return self.storm.end + self.by

    def intensity(self, at: datetime, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of the minute from `at` on at places of shape (n,), in mm/h."""
        return self.storm.intensity(at - self.by, lon, lat)
