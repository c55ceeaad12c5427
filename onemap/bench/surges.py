"""Constructed surges, as on 20 July 2021, judged as they come in: does each reading reach the alarm path at once?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind
from ingest.quality.said import Said
from ingest.quality.series import Series
from ingest.quality.verdict import Verdict, beside_others, by_itself

FloatArray = npt.NDArray[np.float64]
RATES_CM_MIN = (14, 25, 50, 75)
EVERY_MIN = (1, 5)
CEILING_M = 6.0
DRY = 60  # readings before
NOISE_M = 0.006  # of an ultrasonic head


@dataclass(frozen=True, kw_only=True)
class SurgeFigures:
    """The worst of all surges.

    Attributes:
        usable_share: The least share of readings that is usable at any moment.
        delay: The most readings after the first of the surge until one is flagged and usable.
    """

    usable_share: float
    delay: int


def judged(at_s: FloatArray, depth_m: FloatArray, kind: SiteKind) -> Verdict:
    """Depths over a place (m) at rising times (s), both of shape (n_readings,), judged without anything around them."""
    series = Series(quantity=Quantity.LEVEL, kind=kind, at_s=at_s, value=depth_m)
    return beside_others(by_itself(series, np.zeros(len(series), dtype=np.int64), Said()))


def surge_figures() -> SurgeFigures:
    """The worst of all rates, paces, noises and ends."""
    share, delay = 1.0, 0
    for rate in RATES_CM_MIN:
        for every in EVERY_MIN:
            for noise_m in (0.0, NOISE_M):
                for end in _ends():
                    depth_m = _surge(rate / 100 * every, noise_m, end)
                    at_s = np.arange(len(depth_m), dtype=np.float64) * every * 60.0
                    online = [
                        judged(at_s[:n], depth_m[:n], SiteKind.UNDERPASS) for n in range(DRY + 1, len(depth_m) + 1)
                    ]
                    share = min(share, *(float(verdict.is_usable.mean()) for verdict in online))
                    seen = [bool(one.flags[-1] & Flag.FAST) and bool(one.is_usable[-1]) for one in online]
                    delay = max(delay, seen.index(True))
    return SurgeFigures(usable_share=share, delay=delay)


def _ends() -> list[list[float]]:
    """What the gauge says when it dies at the top: nothing, zero, or its last value."""
    return [[], [0.0] * 30, [CEILING_M] * 30]


def _surge(step_m: float, noise_m: float, end: list[float]) -> FloatArray:
    alive = np.concatenate([np.zeros(DRY), np.arange(step_m, CEILING_M, step_m, dtype=np.float64)])
    noise = np.random.default_rng(20210720).normal(0, noise_m, len(alive))
    return np.concatenate([alive + noise, np.array(end, dtype=np.float64)])
