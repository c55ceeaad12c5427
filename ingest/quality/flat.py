"""FLAT: the same value for so long that the gauge may be stuck."""

import numpy as np

from floodcore.domain.reading import Quantity
from ingest.quality.series import GAP_S, ROAD_LIKE, BoolArray, Series

FLAT_S = 3 * 3600.0  # a pond on a road drains or grows within that; the tide turns
DRY_M = 0.02  # a dry road is as flat as can be


def flat(series: Series) -> BoolArray:
    """Which readings end three hours (FLAT_S, in s) of one value without a gap, shape (n_readings,).

    Only where water is never so still: over a road, and in the tide. A river is so for days.
    """
    if not (series.quantity is Quantity.LEVEL and series.kind in ROAD_LIKE) and series.quantity is not Quantity.TIDE:
        return np.zeros(len(series), dtype=np.bool_)
    begins_run = np.ones(len(series), dtype=np.bool_)
    begins_run[1:] = (np.diff(series.value) != 0) | (np.diff(series.at_s) > GAP_S)
    run_began_s = np.maximum.accumulate(np.where(begins_run, series.at_s, -np.inf))
    is_long: BoolArray = series.at_s - run_began_s >= FLAT_S
    return is_long if series.quantity is Quantity.TIDE else is_long & (series.value > DRY_M)
