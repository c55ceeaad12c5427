"""Chance that is the same for the same seed and the same names, whatever else was drawn before."""

from hashlib import sha256

from numpy.random import PCG64, Generator


def chance(seed: int, *names: object) -> Generator:
    """A generator of its own for whatever these names say; their text counts."""
    text = "/".join(str(one) for one in (seed, *names))
    return Generator(PCG64(int.from_bytes(sha256(text.encode()).digest()[:16], "big")))
