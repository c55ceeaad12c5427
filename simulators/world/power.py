"""Where the mains have failed: a cabinet under water switches off the pumps and gauges that live from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.city.plan import Watched

# Until somebody has dried and switched a cabinet on again, once the water has left it. Guessed.
BACK_AFTER = timedelta(hours=2)


class Power:
    """The mains at each watched place; `look` is told the water once a minute."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        limits = [np.inf if one.power_fails_m is None else one.power_fails_m for one in watched]
        self._fails_m = np.array(limits, dtype=np.float64)
        self._wet_at: list[datetime | None] = [None] * len(watched)
        self._is_on = np.ones(len(watched), dtype=np.bool_)

    def look(self, road_m: NDArray[np.float64], at: datetime) -> None:
        """Water over the road at each place now, shape (n_watched,)."""
        for number in np.flatnonzero(road_m >= self._fails_m):
            self._wet_at[number] = at
            self._is_on[number] = False
        for number in np.flatnonzero(~self._is_on):
            wet_at = self._wet_at[number]
            self._is_on[number] = wet_at is not None and at - wet_at >= BACK_AFTER

    def is_on(self, number: int) -> bool:
        """Whether a watched place has power."""
        return bool(self._is_on[number])

    def at_gauges(self, watched_of_gauge: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether each gauge's place has power; one whose place is not watched (-1) always has."""
        if not self._is_on.size:
            return np.ones(len(watched_of_gauge), dtype=np.bool_)
        return np.where(watched_of_gauge < 0, True, self._is_on[watched_of_gauge])

    def copy(self) -> "Power":
        """The same, which goes its own way from here."""
        twin = Power(())
        twin._fails_m, twin._wet_at, twin._is_on = self._fails_m, list(self._wet_at), self._is_on.copy()
        return twin
