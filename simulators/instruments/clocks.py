"""When each gauge measures, and what time it takes that for."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.draws import Draws, For
from simulators.instruments.faults import Fault
from simulators.instruments.rates import FaultRates

AHEAD = 0.5  # share of wrong time zones that send local time as UTC; the others take UTC for local time. Our choice


class Clocks:
    """The clocks of many gauges.

    Args:
        offset: Of local time from UTC, by which a wrong time zone is off.

    Attributes:
        seconds: Into each minute, at which a gauge measures; whole ones, below 60, shape (n_gauges,).
        faults: What is wrong with each clock, bits of `Fault`.
    """

    def __init__(self, rates: FaultRates, draws: Draws, offset: timedelta) -> None:
        odds = [draws.uniform(For.CHARACTER, 0, number) for number in range(10, 15)]
        self.seconds: NDArray[np.float64] = np.floor(60 * odds[0])
        skew_s = np.where(odds[1] < rates.skewed, np.round(rates.skew_s * (2 * odds[2] - 1)), 0.0)
        zone_s = np.where(odds[4] < AHEAD, 1, -1) * offset.total_seconds() * (odds[3] < rates.wrong_zone)
        self.faults: list[int] = (
            np.where(skew_s != 0, int(Fault.CLOCK), 0) | np.where(zone_s != 0, int(Fault.ZONE), 0)
        ).tolist()
        self._measures_at = [timedelta(seconds=second) for second in self.seconds.tolist()]
        self._is_off = [timedelta(seconds=off) for off in (skew_s + zone_s).tolist()]

    def moment(self, device: int, minute: datetime) -> tuple[datetime, datetime]:
        """When a gauge measures in the minute that begins here, in truth and by its own clock."""
        at = minute + self._measures_at[device]
        return at, at + self._is_off[device]
