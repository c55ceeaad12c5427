"""Chance that is the same for the same seed and the same purpose, on every machine."""

from hashlib import blake2b

import numpy as np


def chance(seed: int, purpose: str) -> np.random.Generator:
    """Numbers for one purpose; other purposes of the same seed have others.

    Args:
        seed: Of the whole simulation, not below zero.
        purpose: Any text.
    """
    words = np.frombuffer(blake2b(purpose.encode(), digest_size=16).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64([seed, *words.tolist()]))
