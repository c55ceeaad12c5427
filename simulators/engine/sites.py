"""Which nodes of a strange model are worth watching: those where water stands over the rim, worst first."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MOST, FEWEST = 40, 5
STANDS_M = 0.01  # over the rim; less is the engine's own tolerance


def worst_nodes(over_rim_m: FloatArray) -> NDArray[np.intp]:
    """Indices of the nodes to watch, worst first.

    Args:
        over_rim_m: Highest water over each node's rim, below zero where it stayed below; NaN where there is no road.
            Shape (n_nodes,).

    Returns:
        All that flooded, MOST at most; where fewer than FEWEST did, those that came nearest are added.
    """
    there = np.flatnonzero(~np.isnan(over_rim_m))
    order = there[np.argsort(-over_rim_m[there], kind="stable")]
    flooded = int((over_rim_m[order] > STANDS_M).sum())
    return order[: min(max(flooded, FEWEST), MOST)]
