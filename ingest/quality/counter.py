"""A rain counter's course as amounts: the difference of each total to the one before it."""

from dataclasses import dataclass

import numpy as np

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity
from ingest.quality.limits import RAIN_ENVELOPE_MM
from ingest.quality.rain_time import hours_before
from ingest.quality.series import GAP_S, IntArray, Series

NOISE_MM = 1e-6  # totals are sums of tips, written in decimal
BEGAN_ANEW = 0.5  # a total that falls to less than half began anew; one that falls by less was put right


@dataclass(frozen=True, slots=True)
class Amounts:
    """Rain since the total before.

    Attributes:
        series: Amounts in mm at the times of their totals.
        flags: DERIVED, and RESET or GAP; shape (n_amounts,).
    """

    series: Series
    flags: IntArray


def amounts(totals: Series, rollover_mm: float | None) -> Amounts:
    """The rain between totals that can be used; the first has none before it and gives no amount.

    A total that falls has rolled over where the sensor does that and the amount can fall in the time; or it began anew
    at zero, so that what it shows has fallen since (RESET); or somebody put it right, and nobody knows what fell
    (RESET, 0 mm). An amount of more than half an hour is true in sum, its course is unknown (GAP).

    Args:
        totals: In mm, shape (n_totals,).
        rollover_mm: Where the counter begins anew by itself; None where it does not.
    """
    before, now = totals.value[:-1], totals.value[1:]
    rise = now - before
    fell = rise < -NOISE_MM
    fallen = np.where(now < BEGAN_ANEW * before, now, 0.0)
    rolled = np.zeros(len(fell), dtype=np.bool_)
    if rollover_mm is not None:
        over = rise + rollover_mm
        rolled = fell & (over >= 0) & (over <= RAIN_ENVELOPE_MM * np.sqrt(hours_before(totals)[1:]))
        fallen = np.where(rolled, over, fallen)
    amount = np.where(fell, fallen, np.maximum(rise, 0.0))
    is_long = (np.diff(totals.at_s) > GAP_S) & (amount > 0)
    flags = Flag.DERIVED | np.where(fell & ~rolled, Flag.RESET, 0) | np.where(is_long, Flag.GAP, 0)
    rain = Series(quantity=Quantity.RAIN, kind=totals.kind, at_s=totals.at_s[1:], value=amount)
    return Amounts(rain, flags.astype(np.int64))
