"""The readings of one sensor, as the checks see them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

GAP_S = 1800.0  # twice the dry cadence of 15 min: what lies farther apart is no neighbour in time
ROAD_LIKE = frozenset({SiteKind.ROAD, SiteKind.UNDERPASS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Values of one sensor in the order of their times, no two at one moment.

    Attributes:
        quantity: What is measured.
        kind: Where.
        at_s: Seconds since 1970, shape (n_readings,), rising.
        value: In the quantity's unit, shape (n_readings,).
    """

    quantity: Quantity
    kind: SiteKind
    at_s: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.at_s)

    def only(self, chosen: BoolArray | npt.NDArray[np.intp]) -> "Series":
        """Some of the readings; times in s and the unit stay. `chosen`: a mask of shape (n_readings,), or indices."""
        return Series(quantity=self.quantity, kind=self.kind, at_s=self.at_s[chosen], value=self.value[chosen])
