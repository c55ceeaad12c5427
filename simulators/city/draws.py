"""Random numbers for one purpose: they depend on the seed and the purpose alone, so nothing shifts anything else."""

from hashlib import blake2b

import numpy as np


def draws(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for this purpose; the same for the same seed, on every machine."""
    word = int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, word])))
