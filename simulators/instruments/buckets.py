"""Tipping buckets: rain comes in tips, and a counter counts them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.instrument import Instrument

FloatArray = NDArray[np.float64]


class Buckets:
    """The rain gauges of a fleet; the arrays have a place for each of its gauges, without meaning where it is none.

    A tip is counted while the gauge has power and its funnel is free, and is lost otherwise.
    """

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self._tip_mm = np.array([one.tip_mm or 1.0 for one in instruments])
        self._end = np.round(np.array([one.rollover_mm or np.inf for one in instruments]) / self._tip_mm)
        self._total = np.round(np.array([one.begins_mm for one in instruments]) / self._tip_mm)  # tips
        self._true_total_mm = self._total * self._tip_mm
        self._held_mm = np.zeros(len(instruments))  # in the bucket, not tipped yet
        self._since = np.zeros(len(instruments))  # tips counted since the last record
        self._fallen_mm = np.zeros(len(instruments))  # since the last record

    def catch(self, rain_mm: FloatArray, counts: NDArray[np.bool_]) -> None:
        """Rain falls.

        Args:
            rain_mm: On each gauge, in mm, shape (n_gauges,).
            counts: Whether its tips are counted, shape (n_gauges,).
        """
        held = self._held_mm + rain_mm
        tips = np.floor(held / self._tip_mm + 1e-9)  # in floats 0.6 / 0.2 is below 3
        self._held_mm = held - tips * self._tip_mm
        counted = np.where(counts, tips, 0.0)
        self._since += counted
        self._total += counted
        self._fallen_mm += rain_mm
        self._true_total_mm += rain_mm

    def begin_anew(self, which: NDArray[np.bool_]) -> None:
        """Those counters fall to 0 mm; shape (n_gauges,)."""
        self._total[which] = 0.0

    def since_last(self) -> tuple[FloatArray, FloatArray]:
        """Counted, and fallen, since each gauge's last record, in mm; shapes (n_gauges,)."""
        return np.round(self._since * self._tip_mm, 3), self._fallen_mm.copy()

    def totals(self) -> tuple[FloatArray, FloatArray]:
        """What each counter shows, and what one without fault and without end would, in mm; shapes (n_gauges,)."""
        return np.round(np.mod(self._total, self._end) * self._tip_mm, 3), self._true_total_mm.copy()

    def told(self, which: NDArray[np.bool_]) -> None:
        """Those gauges have made a record, and count from 0 mm for the next; shape (n_gauges,)."""
        self._since[which] = 0.0
        self._fallen_mm[which] = 0.0
