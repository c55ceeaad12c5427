"""FAST: rose or fell faster than water has been seen to.

On 20 July 2021 a tunnel filled at 14 to 75 cm a minute. So fast alone is a reason to look and to act, never to doubt.
"""

import numpy as np

from floodcore.domain.reading import Quantity
from ingest.quality.limits import RAIN_FAST_MM_MIN, rate_of
from ingest.quality.rain_time import hours_before
from ingest.quality.series import GAP_S, BoolArray, IntArray, Series


def fast(series: Series) -> BoolArray:
    """Which readings moved too fast since the one before, shape (n_readings,); rates are in the unit per min.

    Nobody knows how fast a reading came that has none in the half hour before it.
    """
    if series.quantity is Quantity.RAIN:
        is_fast: BoolArray = series.value > RAIN_FAST_MM_MIN * 60 * hours_before(series)
        return is_fast
    moved: BoolArray = fast_steps(series) != 0
    return moved


def fast_steps(series: Series) -> IntArray:
    """Which way a reading moved too fast (m per min) from the one before, shape (n_readings,).

    1 is up, -1 is down, 0 is not too fast, or nobody knows.
    """
    steps = np.zeros(len(series), dtype=np.int64)
    rate = rate_of(series.quantity, series.kind)
    if rate is None or len(series) < 2:
        return steps
    rise, took_s = np.diff(series.value), np.diff(series.at_s)
    is_fast = (np.abs(rise) >= rate.least) & (np.abs(rise) * 60 > rate.per_minute * took_s) & (took_s <= GAP_S)
    steps[1:] = np.sign(rise) * is_fast
    return steps
