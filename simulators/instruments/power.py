"""Whether a gauge lives: mains, battery, and whoever switches it off."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.draws import Draws, For
from simulators.instruments.habits import DAY, Habit, Windows
from simulators.instruments.rates import FaultRates

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Volts; all our choice, after one lithium cell with a small panel, and a lead battery on a charger.
CELL_V = 3.9
SUN_V = 0.15  # up by the afternoon, down by the morning
SAG_V = 0.6  # of a weak cell, from dusk to dawn
CHARGER_V = 13.6
DUSK_H = 18
NIGHT_H = 12


class Power:
    """The power of many gauges.

    Args:
        on_mains: Of each gauge, shape (n_gauges,).
        offset: Of local time from UTC.
    """

    def __init__(self, on_mains: BoolArray, rates: FaultRates, draws: Draws, offset: timedelta) -> None:
        self._on_mains, self._offset = on_mains, offset
        self._is_weak = ~on_mains & (draws.uniform(For.CHARACTER, 0, 5) < rates.weak_batteries)
        self._nights = Windows(Habit.NIGHT, np.where(self._is_weak, rates.weak_nights, 0.0), draws, offset)
        self._killed_s = np.full(len(on_mains), np.inf)
        self._restored_s = np.full(len(on_mains), np.inf)

    def kill(self, device: int, at: datetime) -> None:
        """From then on this gauge is off."""
        self._killed_s[device], self._restored_s[device] = at.timestamp(), np.inf

    def restore(self, device: int, at: datetime) -> None:
        """From then on it is no longer off because it was killed."""
        self._restored_s[device] = at.timestamp()

    def is_off(self, at_s: FloatArray, minute: int, has_mains: BoolArray) -> BoolArray:
        """Which gauges measure and say nothing.

        Args:
            at_s: The moment of each in this minute, in seconds since 1970, shape (n_gauges,).
            minute: Counted from 1970.
            has_mains: Whether its place has power, shape (n_gauges,).

        Returns:
            Shape (n_gauges,).
        """
        killed = (self._killed_s <= at_s) & (at_s < self._restored_s)
        return killed | (self._on_mains & ~has_mains) | self._nights.at(minute)[0]

    def volts(self, minute: int) -> FloatArray:
        """Of each gauge's battery in V, in a minute counted from 1970, shape (n_gauges,)."""
        hour = (minute + self._offset // timedelta(minutes=1)) % DAY / 60
        into_night = (hour - DUSK_H) % 24 / NIGHT_H
        sag = SAG_V * into_night if into_night < 1 else 0.0
        cell = CELL_V + SUN_V * np.sin(2 * np.pi * (hour - 9) / 24) - np.where(self._is_weak, sag, 0.0)
        return np.asarray(np.where(self._on_mains, CHARGER_V, cell).round(2), dtype=np.float64)
