"""OBSTRUCTED: something lies before the head of a river or drain gauge, or in its stilling pipe.

Leaves, rubbish and spider webs do not rise with the rain: they come between the head and the water and go again. Over
weeks that shows in four figures, and a logistic rule of these says how likely it is. The weights stand in
obstruction.json beside a card that says how they were made; a person can check every figure by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ingest.quality.series import FloatArray

STEP_S = 600.0  # figures are made from one reading in ten minutes, as the labelled levels have it
LEAST = 144 * 7  # a week of them: less says little about a habit
JUMP_M = 0.10  # in ten minutes
AWAY_M = 0.05  # from the median of the two hours around
AROUND = 13  # readings, two hours
BELOW_ZERO_M = -0.02
NAMES = ("rises", "astray", "stillness", "below_zero")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`1 / (1 + exp(-z))`, z being `bias` plus the sum of weight times (figure - centre) / scale, by figure.

    Above `threshold` the gauge is said to be obstructed.
    """

    centre: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, figures: Mapping[str, float]) -> float:
        """How likely something is in the way, 0 to 1."""
        z = self.bias + sum(
            weight * (figures[name] - self.centre[name]) / self.scale[name] for name, weight in self.weight.items()
        )
        return 1 / (1 + exp(-z))

    def is_obstructed(self, figures: Mapping[str, float]) -> bool:
        """Whether it is likely enough."""
        return self.probability(figures) > self.threshold


@cache
def shipped_rule() -> Rule:
    """The rule in obstruction.json."""
    return Rule(**json.loads(files("ingest.quality").joinpath("obstruction.json").read_text())["rule"])


def figures(at_s: FloatArray, level_m: FloatArray) -> dict[str, float] | None:
    """What weeks of levels look like; None where there are too few.

    - `rises`: log of the jumps up by more than 10 cm in ten minutes, a day. A river rises so in a storm, what comes
      before a head does so at any time.
    - `astray`: log of the share of readings more than 5 cm from the median of the two hours around them.
    - `stillness`: log of the longest run of one value, in readings.
    - `below_zero`: log of the share of readings below the gauge's zero: echoes that came back by a detour.

    Args:
        at_s: Seconds since 1970, shape (n_readings,), rising.
        level_m: Levels in m, shape (n_readings,).
    """
    last_of_step = np.diff(np.floor(at_s / STEP_S), append=np.inf) > 0
    at_s, level_m = at_s[last_of_step], level_m[last_of_step]
    if len(at_s) < LEAST:
        return None
    step_m = np.diff(level_m)[np.diff(at_s) <= 2 * STEP_S]
    around = np.median(sliding_window_view(level_m, AROUND), axis=1)
    astray = np.abs(level_m[AROUND // 2 : -(AROUND // 2)] - around) > AWAY_M
    still = np.diff(np.flatnonzero(np.diff(level_m, prepend=np.nan, append=np.nan) != 0))
    return {
        "rises": float(np.log(((step_m > JUMP_M).sum() + 0.5) / (len(step_m) * STEP_S / 86400))),
        "astray": float(np.log(astray.mean() + 1e-4)),
        "stillness": float(np.log(still.max())),
        "below_zero": float(np.log((level_m < BELOW_ZERO_M).mean() + 1e-3)),
    }
