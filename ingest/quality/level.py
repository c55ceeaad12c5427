"""The level from the distance that an ultrasonic or radar head tells, by how it was mounted then."""

from collections.abc import Iterable

import numpy as np

from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Mount
from ingest.quality.series import Series


def levels(distances: Series, mounts: Iterable[Mount]) -> Series:
    """Levels in m at the times of their distances (m), those left out whose mount had no height then."""
    height = np.full(len(distances), np.nan)
    for mount in mounts:
        ends_s = mount.valid_to.timestamp() if mount.valid_to else np.inf
        holds = (mount.valid_from.timestamp() <= distances.at_s) & (distances.at_s < ends_s)
        height[holds] = np.nan if mount.height_m is None else mount.height_m
    known = distances.only(np.isfinite(height))
    level = height[np.isfinite(height)] - known.value
    return Series(quantity=Quantity.LEVEL, kind=known.kind, at_s=known.at_s, value=level)
