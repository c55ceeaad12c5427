"""Ingest, the broker and the database are killed at random under load: nothing is lost, and nothing doubles."""

from collections.abc import Callable

import pytest

from onemap.bench import chaos
from onemap.home import Home


@pytest.fixture(autouse=True)
def own_home(make_home: Callable[[], Home], monkeypatch: pytest.MonkeyPatch) -> None:
    """The room of the benchmark lies below the home: a demo or a benchmark of this checkout's goes on beside it."""
    monkeypatch.setenv("ONEMAP_HOME", str(make_home().path))


@pytest.mark.timeout(300)
def test_five_kills_lose_nothing_and_double_nothing() -> None:
    told = chaos.run(kills=5, seed=20210720)
    assert (told["kills"], told["lost"], told["doubled"]) == (5, 0, 0)
    assert told["published"] > 100


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thirty_kills_lose_nothing_and_double_nothing() -> None:
    told = chaos.run(kills=30, seed=20230929)
    assert (told["kills"], told["lost"], told["doubled"]) == (30, 0, 0)
    assert min(told[f"kills_{victim}"] for victim in chaos.VICTIMS) > 0, "each was hit"
    assert told["published"] > 1000
