"""The readings of one sensor judged: every check, in an order in which none is misled by what another has found."""

from dataclasses import dataclass, replace

import numpy as np

from floodcore.domain.quality import BAD, SUSPECT, Flag
from floodcore.domain.reading import Quality
from ingest.quality.excursion import excursions
from ingest.quality.flat import flat
from ingest.quality.out_of_range import out_of_range
from ingest.quality.proof import is_disproved
from ingest.quality.rate import fast
from ingest.quality.said import Said
from ingest.quality.series import BoolArray, IntArray, Series
from ingest.quality.surroundings import UNSEEN, Surroundings


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the readings of a sensor are worth.

    Attributes:
        series: With the values that the room uses.
        flags: Bits of `quality.Flag`, shape (n_readings,).
    """

    series: Series
    flags: IntArray

    @property
    def quality(self) -> IntArray:
        """`quality_of` for each: 1 to 3, shape (n_readings,); an index without a unit."""
        suspect = np.where(self.flags & SUSPECT != 0, Quality.SUSPECT, Quality.GOOD)
        worth = np.where(self.flags & BAD != 0, Quality.BAD, suspect)
        return np.where(self.flags & Flag.HELD_GOOD != 0, Quality.GOOD, worth).astype(np.int64)

    @property
    def is_usable(self) -> BoolArray:
        """Which of them the room acts on, shape (n_readings,); values keep their unit (m, mm)."""
        usable: BoolArray = self.quality != Quality.BAD
        return usable


def by_itself(series: Series, flags: IntArray, said: Said) -> Verdict:
    """What a sensor's values are worth by people's word and by what its place can show; no neighbour is asked.

    Args:
        series: As the values came or were computed, in the quantity's unit, shape (n_readings,).
        flags: Of arrival and of the computation, shape (n_readings,).
        said: By people.
    """
    value, words = said.applied(series.at_s, series.value)
    series = replace(series, value=value)
    beyond = np.where(out_of_range(series), Flag.RANGE, 0)
    return Verdict(series=series, flags=flags | words | beyond)


def beside_others(own: Verdict, around: Surroundings = UNSEEN) -> Verdict:
    """The same readings beside their neighbours in time and place (s and m), shape (n_readings,).

    What cannot be water is left out before the next check looks, so that it makes no neighbour suspect: first what is
    bad by itself, then what was disproved.
    """
    flags = own.flags.copy()
    usable = np.flatnonzero(own.is_usable)
    series = own.series.only(usable)
    found = np.where(flat(series), Flag.FLAT, 0) | around.doubts(series) | _away(series, around)
    stays = found & Flag.DISPROVED == 0
    found[stays] |= np.where(fast(series.only(stays)), Flag.FAST, 0)
    flags[usable] |= found
    return Verdict(series=own.series, flags=flags)


def _away(series: Series, around: Surroundings) -> IntArray:
    flags = np.zeros(len(series), dtype=np.int64)
    for away in excursions(series):
        one = slice(away.begins, away.ends)
        shape = Flag.SPIKE if away.is_single else Flag.ZERO_STEP
        flags[one] |= Flag.FAST | shape | (Flag.DISPROVED if is_disproved(away, series, around) else 0)
    return flags
