"""How long an amount of rain took to fall."""

import numpy as np

from ingest.quality.series import FloatArray, Series

LONGEST_H = 3.0  # beyond it the record before is out of sight
UNKNOWN_H = 24.0  # no gauge reports less often than once a day
SHORTEST_H = 1 / 60  # a bucket that tips twice in a second is no cloudburst


def hours_before(series: Series) -> FloatArray:
    """Hours since the record before each, shape (n_readings,), at least a minute; a day where none is in sight."""
    hours = np.diff(series.at_s, prepend=-np.inf) / 3600
    return np.where(hours <= LONGEST_H, np.maximum(hours, SHORTEST_H), UNKNOWN_H)
