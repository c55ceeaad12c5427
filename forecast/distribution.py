"""A predictive distribution as a line: depths at fixed probabilities, straight in between."""

import numpy as np

from floodcore.domain.forecast import QUANTILES
from forecast.known import FloatArray

# The distribution is measured at these; its ends are set by `with_ends`.
MEASURED = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
PROBABILITIES = np.array([0.0, *MEASURED, 1.0])
_QUANTILE_INDEX = [PROBABILITIES.tolist().index(q) for q in QUANTILES]


def with_ends(measured: FloatArray) -> FloatArray:
    """Add the values at probability 0 and 1: as far beyond the 1 % and 99 % values as these are beyond 5 % and 95 %.

    Nobody has measured the tails. So a depth far beyond all that was seen has probability 0, not a small one.

    Args:
        measured: Values in any unit at MEASURED, not falling, shape (..., n_measured).

    Returns:
        Values in the same unit at PROBABILITIES, shape (..., n_measured + 2).
    """
    low = 2 * measured[..., :1] - measured[..., 1:2]
    high = 2 * measured[..., -1:] - measured[..., -2:-1]
    return np.concatenate([low, measured, high], axis=-1)


def quantiles(levels_m: FloatArray) -> FloatArray:
    """The depths at QUANTILES.

    Args:
        levels_m: Metres at PROBABILITIES, shape (n_sites, n_probabilities).

    Returns:
        Depths in metres, shape (n_sites, n_quantiles), not falling along a row.
    """
    return levels_m[:, _QUANTILE_INDEX]


def exceedance(levels_m: FloatArray, threshold_m: FloatArray) -> FloatArray:
    """The probability that the depth is at or above a threshold.

    Args:
        levels_m: Metres at PROBABILITIES, shape (n_sites, n_probabilities), not falling along a row.
        threshold_m: Metres, shape (n_sites, n_thresholds); NaN where there is none.

    Returns:
        Probability 0 to 1, shape (n_sites, n_thresholds), not rising with the threshold; NaN where there is none.
        Where the distribution has a lump at the threshold itself, the lump counts: a depth at it has reached it.
    """
    below = np.sum(levels_m[:, None, :] < threshold_m[:, :, None], axis=2)
    upper = np.minimum(below, levels_m.shape[1] - 1)
    lower = np.maximum(upper - 1, 0)
    sites = np.arange(len(levels_m))[:, None]
    low, high = levels_m[sites, lower], levels_m[sites, upper]
    share = np.divide(threshold_m - low, high - low, out=np.zeros_like(threshold_m), where=high > low)
    reached = PROBABILITIES[lower] + share * (PROBABILITIES[upper] - PROBABILITIES[lower])
    chance = np.where(below == 0, 1.0, np.where(below == levels_m.shape[1], 0.0, 1.0 - reached))
    return np.where(np.isnan(threshold_m), np.nan, chance)
