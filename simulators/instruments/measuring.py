"""What gauges of water, flow and pumps show, right or wrong."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.draws import Draws, For
from simulators.instruments.faults import Fault
from simulators.instruments.habits import DAY, Habit, Windows
from simulators.instruments.instrument import LEVELS, NEAREST_M, NOISE, ROAD, STEP
from simulators.instruments.rates import FaultRates

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PULSES_A_MINUTE = 0.35  # of the minutes of a chain; our choice
PULSE_M = (0.05, 0.40)  # a wheel, a branch, a person's head; our choice
BLIP_M = (0.06, 0.60)  # above what it would show; our choice
VISITS = 30 * DAY  # minutes between two visits for upkeep, after which a drift begins at zero; our choice
TELLING_M = 0.01  # drift below a centimetre is no fault that anyone could find


class Measuring:
    """Turns truth into what is shown; it remembers only what a stuck gauge shows.

    Args:
        offset: Of local time from UTC.
    """

    def __init__(self, gauges: Sequence[Gauge], rates: FaultRates, draws: Draws, offset: timedelta) -> None:
        kinds = [gauge.kind for gauge in gauges]
        self._draws = draws
        self._is_level = _among(kinds, LEVELS)
        self._is_road = _among(kinds, ROAD)
        self._is_ultrasonic = _among(kinds, {GaugeKind.ULTRASONIC})
        self._head_m = np.array([gauge.head_m or 0.0 for gauge in gauges])
        self._step = np.array([STEP[kind] for kind in kinds])
        self._noise = rates.noise * np.array([NOISE[kind] for kind in kinds])
        self._blip = np.where(self._is_level, rates.blips_per_day / DAY, 0.0)
        self._drift_m = np.where(self._is_level, _drifts(rates, draws), 0.0)
        self._visited = np.floor(VISITS * draws.uniform(For.CHARACTER, 0, 1))
        self._pulses = Windows(Habit.PULSES, np.where(self._is_ultrasonic, rates.pulse_days, 0.0), draws, offset)
        self._boxes = Windows(Habit.BOX, np.where(self._is_ultrasonic, rates.box_days, 0.0), draws, offset)
        self._stuck = Windows(Habit.STUCK, np.full(len(gauges), rates.stuck_days), draws, offset)
        self._held = np.full(len(gauges), np.nan)

    def shown(self, truth: FloatArray, minute: int) -> tuple[FloatArray, FloatArray, IntArray]:
        """What the gauges show.

        Args:
            truth: Metres over each gauge's zero, m3/s, or 0 and 1; shape (n_gauges,).
            minute: Counted from 1970.

        Returns:
            What is sent, in the quantity's unit, an ultrasonic gauge's as a distance; the same with distances as m over
            zero, as the gauge itself compares it with its limits; bits of `Fault`. Each of shape (n_gauges,).
        """
        level, faults = self._disturbed(np.where(self._is_level, np.maximum(truth, 0.0), truth), minute)
        level = self._noisy(level, minute)
        stuck, _ = self._stuck.at(minute)
        self._held = np.where(stuck, np.where(np.isnan(self._held), level, self._held), np.nan)
        level = np.where(stuck, self._held, level)
        near = self._is_ultrasonic & (self._head_m - level < NEAREST_M)
        faults = np.where(stuck, Fault.STUCK, faults | np.where(near, Fault.NEAR, 0))
        sent = np.where(self._is_ultrasonic, np.maximum(self._head_m - level, NEAREST_M), level)
        sent = np.round(np.round(sent / self._step) * self._step, 3) + 0.0  # no minus zero
        return sent, np.where(self._is_ultrasonic, self._head_m - sent, sent), faults

    def right(self, truth: FloatArray) -> FloatArray:
        """What gauges without fault would send, not rounded, in the quantity's unit; both of shape (n_gauges,)."""
        return np.where(self._is_ultrasonic, self._head_m - truth, truth)

    def is_stuck(self, minute: int) -> NDArray[np.bool_]:
        """Whether each gauge is stuck in a minute counted from 1970; shape (n_gauges,)."""
        return self._stuck.at(minute)[0]

    def _disturbed(self, level: FloatArray, minute: int) -> tuple[FloatArray, IntArray]:
        """The water, or what stands above it."""
        uniform = self._draws.uniform
        drift = self._drift_m * ((minute + self._visited) % VISITS / VISITS)
        faults = np.where(np.abs(drift) >= TELLING_M, int(Fault.DRIFT), 0)
        chain, _ = self._pulses.at(minute)
        pulse = chain & (uniform(For.PULSE, minute) < PULSES_A_MINUTE)
        box, box_m = self._boxes.at(minute)
        blip = uniform(For.BLIP, minute) < self._blip
        if pulse.any():
            level, faults = _above(level, pulse, _span(PULSE_M, uniform(For.PULSE_SIZE, minute)), faults, Fault.PULSE)
        level, faults = _above(level, box, box_m, faults, Fault.BOX)
        if blip.any():
            high = level + _span(BLIP_M, uniform(For.BLIP_SIZE, minute))
            level, faults = _above(level, blip, high, faults, Fault.BLIP)
        return level + drift, faults

    def _noisy(self, level: FloatArray, minute: int) -> FloatArray:
        noise = self._noise * self._draws.normal(For.NOISE, minute)
        noisy = level + np.where(self._is_level, noise, noise * level)
        return np.where(self._is_level & ~self._is_ultrasonic, np.maximum(noisy, 0.0), noisy)


def _drifts(rates: FaultRates, draws: Draws) -> FloatArray:
    drifting = draws.uniform(For.CHARACTER, 0, 2) < rates.drift_share
    return np.where(drifting, rates.drift_m * (2 * draws.uniform(For.CHARACTER, 0, 3) - 1), 0.0)


def _above(
    level: FloatArray, where: NDArray[np.bool_], high: FloatArray, faults: IntArray, fault: Fault
) -> tuple[FloatArray, IntArray]:
    """An echo comes from whatever is highest, so that what the water covers is no fault any more."""
    seen = where & (high > level)
    return np.where(seen, high, level), np.where(seen, faults | fault, faults)


def _among(kinds: Sequence[GaugeKind], some: Collection[GaugeKind]) -> NDArray[np.bool_]:
    return np.array([kind in some for kind in kinds], dtype=np.bool_)


def _span(ends: tuple[float, float], share: FloatArray) -> FloatArray:
    return ends[0] + (ends[1] - ends[0]) * share
