"""What the world asks of the hydraulics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What is done to one part's water during a step.

    Attributes:
        rain_mm_h: At each of its gages, shape (n_gages,).
        inflow_m3_s: By node, beside the model's own; negative takes water out, never more than is there.
        setting: By pump or gate, 0 (off) to 1.
        stage_m: By outfall, the level of the river there, in the model's datum.
    """

    rain_mm_h: FloatArray
    inflow_m3_s: Mapping[str, float] = field(default_factory=dict)
    setting: Mapping[str, float] = field(default_factory=dict)
    stage_m: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One part's water at the end of a step.

    Attributes:
        depth_m: Over each node's invert, shape (n_nodes,).
        flow_m3_s: In each link that was asked for, shape (n_links,).
    """

    depth_m: FloatArray
    flow_m3_s: FloatArray


class Water(Protocol):
    """All parts of a city; they go on together."""

    def advance(self, seconds: float, orders: Sequence[Orders]) -> Sequence[Snapshot]:
        """Go on for so long; one set of orders and one snapshot a part."""
        ...

    def balance_pct(self) -> float:
        """The worst error of any part's balance so far, in per cent of what came in; its sign is the engine's."""
        ...

    def branch(self) -> "Water":
        """The same water once more, which from here on goes its own way."""
        ...

    def close(self) -> None:
        """End it; again does nothing."""
        ...
