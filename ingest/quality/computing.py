"""Values that are computed from another quantity of the same device, beside what was stored of them."""

from dataclasses import dataclass

import numpy as np

from floodcore.domain.quality import BAD, ON_ARRIVAL, Flag
from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Mount
from ingest.quality.counter import amounts
from ingest.quality.level import levels
from ingest.quality.series import FloatArray, IntArray, Series
from ingest.quality.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Computed:
    """Values that follow from a source.

    Attributes:
        series: In the unit of what is computed.
        flags: DERIVED and what else is to be said of each; shape (n_values,).
    """

    series: Series
    flags: IntArray


def computed(source: Verdict, mounts: tuple[Mount, ...], rollover_mm: float | None) -> Computed:
    """Levels (m) from distances, amounts (mm) from totals; flags of shape (n_values,).

    A level says what is wrong with its distance. A total that cannot be used is passed over: what fell is in the next.
    """
    if source.series.quantity is Quantity.RAIN_TOTAL:
        found = amounts(source.series.only(source.is_usable), rollover_mm)
        return Computed(found.series, found.flags)
    series = levels(source.series, mounts)
    own = source.flags[index_in(series.at_s, source.series.at_s)]
    wrong = np.where(own & Flag.HELD_GOOD == 0, own & BAD, 0)
    return Computed(series, Flag.DERIVED | (own & ON_ARRIVAL) | wrong)


def with_computed(stored: Series, arrived: IntArray, found: Computed) -> tuple[Series, IntArray]:
    """What was stored as derived, with the values that it has by now.

    An amount whose total cannot be used any more is none: the next one holds it.

    Args:
        stored: As it came or was first computed, in the quantity's unit, shape (n_readings,).
        arrived: The stored flags, shape (n_readings,).
        found: What follows from the source by now.

    Returns:
        The series, and flags of arrival and computation, shape (n_readings,).
    """
    flags = arrived & ON_ARRIVAL
    is_derived = flags & Flag.DERIVED != 0
    place = index_in(stored.at_s, found.series.at_s)
    follows = is_derived & (place >= 0)
    value = stored.value.copy()
    value[follows] = found.series.value[place[follows]]
    flags[follows] |= found.flags[place[follows]]
    if stored.quantity is Quantity.RAIN:
        value[is_derived & ~follows] = 0.0
    return Series(quantity=stored.quantity, kind=stored.kind, at_s=stored.at_s, value=value), flags


def index_in(wanted_s: FloatArray, at_s: FloatArray) -> IntArray:
    """Where each moment (s) stands among rising ones (s), -1 where it does not; shape (n_wanted,)."""
    if not len(at_s):
        return np.full(len(wanted_s), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(at_s, wanted_s), len(at_s) - 1)
    return np.where(at_s[place] == wanted_s, place, -1)
