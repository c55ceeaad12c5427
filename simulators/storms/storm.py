"""What a storm is to whoever is rained on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is said about a storm wherever it is shown.

    Attributes:
        name: As on the command line.
        constructed: True unless it was measured as it stands.
        source: What it is built from; an unverified formula says so.
    """

    name: str
    title: str
    title_en: str
    constructed: bool
    source: str


class Storm(Protocol):
    """Rain over an area from `start` to `end`, both aware, UTC."""

    @property
    def label(self) -> Label:
        """What is said about it."""
        ...

    @property
    def start(self) -> datetime:
        """When it begins; before, no rain falls."""
        ...

    @property
    def end(self) -> datetime:
        """When it is over."""
        ...

    def intensity(self, at: datetime, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rain at these places, in mm/h, as the mean over the minute that begins at `at`.

        Args:
            at: Aware; seconds count.
            lon, lat: Degrees, shape (n,).

        Returns:
            Shape (n,), not below zero.
        """
        ...
