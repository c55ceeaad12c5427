"""RANGE: no place of this kind can show it."""

import numpy as np

from floodcore.domain.reading import Quantity
from ingest.quality.limits import RAIN_ENVELOPE_MM, range_of
from ingest.quality.rain_time import hours_before
from ingest.quality.series import BoolArray, Series


def out_of_range(series: Series) -> BoolArray:
    """Which readings lie beyond what the place can show (m, mm), shape (n_readings,).

    An amount of rain is held against the most that has ever fallen in the time since the record before it.
    """
    limits = range_of(series.quantity, series.kind)
    beyond: BoolArray = (series.value < limits.low) | (series.value > limits.high)
    if series.quantity is Quantity.RAIN:
        beyond |= series.value > RAIN_ENVELOPE_MM * np.sqrt(hours_before(series))
    return beyond
