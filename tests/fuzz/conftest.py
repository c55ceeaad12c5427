"""How long each reader is hammered: a moment in the suite, ten minutes for all together with `-m slow`."""

import random
import secrets

import pytest

QUICK_S = 1.5
LONG_S = 75.0  # eight readers: ten minutes
GRACE_S = 60


@pytest.fixture(
    params=[
        pytest.param(QUICK_S, id="quick"),
        pytest.param(LONG_S, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(LONG_S + GRACE_S)]),
    ]
)
def budget_s(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture
def seed(budget_s: float) -> int:
    """The suite throws the same messages every time, a long run new ones; what fails is printed whole."""
    return 1 if budget_s == QUICK_S else secrets.randbits(32)


@pytest.fixture
def dice(seed: int) -> random.Random:
    return random.Random(seed)
