"""SPIKE and ZERO_STEP: a reading, or a few, that left and came back faster than water moves.

Ultrasonic heads see what passes below them: a lorry is a single high reading (a blip), a parked car or rubbish a jump
that holds (a box), traffic a chain of pulses. None of it is known before the gauge has come back, so the newest reading
is never one of them. Water that surges climbs in more than one step, and is neither flat nor up and down.

The shape alone takes nothing away: see `proof`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.quality.rate import fast_steps
from ingest.quality.series import GAP_S, FloatArray, IntArray, Series

LONGEST_S = 1800.0  # a car that stays longer is beyond telling from water by its shape
LONGEST_DIP_S = 600.0
AFTER_S = 900.0  # how long the gauge is watched once it is back
STAYED = 3  # so many readings then: at 5 min, that is the whole time
ZERO_M = 0.05  # up to here a road is dry


@dataclass(frozen=True, slots=True)
class Excursion:
    """Readings `begins` to before `ends`, as indices, that were away.

    Attributes:
        begins: The first that was away.
        ends: The first that was back.
        upwards: Whether it looked like water.
        stayed: Whether the gauge stayed where it had come from, as long as it was watched.
        alive: Whether it moved there, if only by its noise.
    """

    begins: int
    ends: int
    upwards: bool
    stayed: bool
    alive: bool

    @property
    def is_single(self) -> bool:
        """A single reading was away."""
        return self.ends - self.begins == 1


def excursions(series: Series) -> Iterator[Excursion]:
    """Those that are over, by their first reading; of a level in m, times in s.

    Each depends on the readings from two before it to AFTER_S after it, and on no other excursion.
    """
    steps = fast_steps(series)
    for begins in np.flatnonzero(steps).tolist():
        ends = _back_at(series, begins, int(steps[begins]))
        if ends is None or steps[ends] != -steps[begins]:
            continue
        upwards = bool(steps[begins] > 0)
        if not upwards and not _is_settled(series, steps, begins):
            continue
        away = series.value[begins:ends]
        base = float(series.value[begins - 1])
        is_chain = bool((steps[begins + 1 : ends] == -steps[begins]).any())
        if ends - begins > 1 and not ((upwards and base < ZERO_M and is_chain) or _is_flat(away, base)):
            continue
        stayed, alive = _life_after(series, ends, base, _near(float(away[0]), base))
        yield Excursion(begins, ends, upwards, stayed, alive)


def _back_at(series: Series, begins: int, step: int) -> int | None:
    """The first reading that is back where it was before `begins`, in time; None where there is none yet."""
    base = float(series.value[begins - 1])
    near = _near(float(series.value[begins]), base)
    longest = LONGEST_S if step > 0 else LONGEST_DIP_S
    for there in range(begins + 1, len(series)):
        if series.at_s[there] - series.at_s[begins] > longest:
            return None
        if abs(float(series.value[there]) - base) <= near:
            return there
    return None


def _near(away: float, base: float) -> float:
    """How close to where it came from is back, m: the noise of a gauge, or a tenth of how far it was away."""
    return max(0.03, 0.1 * abs(away - base))


def _is_settled(series: Series, steps: IntArray, begins: int) -> bool:
    """Whether the reading before a dip was itself no jump: between two pulses the ground is no dip."""
    return begins >= 2 and not steps[begins - 1] and bool(series.at_s[begins - 1] - series.at_s[begins - 2] <= GAP_S)


def _is_flat(away: FloatArray, base: float) -> bool:
    """Whether it held within 5 % of its height, as a car does and water that surges does not."""
    return float(np.ptp(away)) <= max(0.02, 0.05 * abs(float(away[0]) - base))


def _life_after(series: Series, ends: int, base: float, near: float) -> tuple[bool, bool]:
    """Whether the gauge stayed where it had come from, and whether it moved there."""
    until = int(np.searchsorted(series.at_s, series.at_s[ends] + AFTER_S, side="right"))
    after = series.value[ends:until]
    stayed = len(after) >= STAYED and bool((np.abs(after - base) <= near).all())
    return stayed, stayed and float(np.ptp(after)) > 0
