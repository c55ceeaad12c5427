"""Random numbers that a device has for itself: they depend on the seed, its name and the time, and on nothing else.

A generator hands out one number after the other, so a gauge that is added would shift everybody's. Here a number is
looked up by what it is for. The mixing is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable
pseudorandom number generators").
"""

from collections.abc import Iterable
from enum import IntEnum, auto, unique
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

WORD = (1 << 64) - 1
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
MOST = 1 << 53  # a float has this many steps between 0 and 1


@unique
class For(IntEnum):
    """What a number is for; two things never share one."""

    CHARACTER = auto()  # what a device is, once for all
    NOISE = auto()
    BLIP = auto()
    BLIP_SIZE = auto()
    PULSE = auto()
    PULSE_SIZE = auto()
    OUTAGE = auto()
    OUTAGE_LENGTH = auto()
    LOST = auto()
    LATE = auto()
    LATE_BY = auto()
    AGAIN = auto()
    AGAIN_AFTER = auto()
    RADIO = auto()
    DAY = auto()  # what happens to a device on a day


class Draws:
    """Numbers for many devices at once.

    Args:
        seed: Of the whole simulation.
        device_ids: Whose numbers these are, in the order of every array that comes back.
    """

    def __init__(self, seed: int, device_ids: Iterable[str]) -> None:
        names = [f"{seed}/{device_id}".encode() for device_id in device_ids]
        keys = [int.from_bytes(blake2b(name, digest_size=8).digest(), "big") for name in names]
        self._keys = np.array(keys, dtype=np.uint64)

    def uniform(self, what: For, tick: int, number: int = 0) -> NDArray[np.float64]:
        """From 0 to below 1, shape (n_devices,), without unit.

        Args:
            what: It is for.
            tick: The minute or the day, counted from 1970; 0 where it is once for all.
            number: Where several are needed.
        """
        place = _mixed(_mixed(tick & WORD) ^ (what << 32 | number))
        bits = self._keys ^ np.uint64(place)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(FIRST)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(SECOND)
        bits ^= bits >> np.uint64(31)
        return np.asarray((bits >> np.uint64(11)) / MOST, dtype=np.float64)

    def normal(self, what: For, tick: int) -> NDArray[np.float64]:
        """Of mean 0 and standard deviation 1, in the same unit as what it is multiplied with; shape (n_devices,)."""
        return np.asarray(ndtri(self.uniform(what, tick) + 0.5 / MOST), dtype=np.float64)


def _mixed(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) & WORD
    word = (word ^ word >> 30) * FIRST & WORD
    word = (word ^ word >> 27) * SECOND & WORD
    return word ^ word >> 31
