"""Chance that is the same for the same seed and the same purpose, on every machine."""

from hashlib import blake2b

import numpy as np

SEED = 20210720  # unless another is named


def chance(seed: int, *purpose: object) -> np.random.Generator:
    """Numbers for one purpose: they depend on the seed and the purpose alone, so nothing shifts anything else.

    Args:
        seed: Of the whole simulation, not below zero.
        purpose: Whatever tells it from others; the text of it counts.
    """
    text = "/".join(str(one) for one in purpose)
    word = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, word])))
