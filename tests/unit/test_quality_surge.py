"""20 July 2021 against the checks: a tunnel that fills at 14 to 75 cm a minute is never bad, at no moment of it."""

import numpy as np
import pytest

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import SiteKind
from ingest.quality.said import Said
from ingest.quality.series import FloatArray, Series
from ingest.quality.surroundings import UNSEEN, Surroundings
from ingest.quality.verdict import Verdict, beside_others, by_itself

RATES_CM_MIN = [14, 50, 75]
EVERY_MIN = [1, 5]
TOP_M = 6.0  # the tunnel's ceiling
DRY_BEFORE = 40  # readings
AFTERMATHS = ["silence", "zeros", "ceiling", "low zeros"]


def surge(rate_cm_min: int, every_min: int, aftermath: str, dry_m: float, full_readings: int) -> FloatArray:
    """Depths in m: dry, the surge up to the ceiling, some readings at it, and what the gauge says when it dies."""
    rising = np.arange(rate_cm_min / 100 * every_min, TOP_M, rate_cm_min / 100 * every_min)
    end = {"silence": [], "zeros": [0.0] * 30, "ceiling": [TOP_M] * 30, "low zeros": [-0.02] * 30}[aftermath]
    return np.concatenate([np.full(DRY_BEFORE, dry_m), rising, np.full(full_readings, TOP_M), end])


def judged(depths_m: FloatArray, every_min: int, around: Surroundings = UNSEEN) -> Verdict:
    series = Series(
        quantity=Quantity.LEVEL,
        kind=SiteKind.UNDERPASS,
        at_s=np.arange(len(depths_m)) * every_min * 60.0,
        value=depths_m,
    )
    return beside_others(by_itself(series, np.zeros(len(series), dtype=np.int64), Said()), around)


@pytest.mark.parametrize("full_readings", [0, 1, 5], ids=["dies rising", "dies at once", "holds at the top"])
@pytest.mark.parametrize("dry_m", [0.0, 0.01])
@pytest.mark.parametrize("aftermath", AFTERMATHS)
@pytest.mark.parametrize("every_min", EVERY_MIN)
@pytest.mark.parametrize("rate_cm_min", RATES_CM_MIN)
def test_a_surge_is_usable_at_every_moment_of_it(
    rate_cm_min: int, every_min: int, aftermath: str, dry_m: float, full_readings: int
) -> None:
    depths = surge(rate_cm_min, every_min, aftermath, dry_m, full_readings)
    for known in range(1, len(depths) + 1):
        verdict = judged(depths[:known], every_min)
        assert verdict.is_usable.all(), f"bad once {known} readings are there"


@pytest.mark.parametrize("every_min", EVERY_MIN)
@pytest.mark.parametrize("rate_cm_min", RATES_CM_MIN)
def test_its_first_reading_stands_out_at_once(rate_cm_min: int, every_min: int) -> None:
    depths = surge(rate_cm_min, every_min, "silence", 0.0, 0)
    verdict = judged(depths[: DRY_BEFORE + 1], every_min)
    assert (verdict.quality[-1], verdict.flags[-1]) == (Quality.SUSPECT, Flag.FAST)


def test_a_surge_seen_once_by_a_gauge_that_then_says_zero_stays_usable() -> None:
    # 75 cm/min at 5 min: 0, 3.75 m, and the gauge is dead: by its shape a spike, so both are suspect, and none is bad.
    verdict = judged(np.array([0.0, 0.0, 0.0, 3.75, 0.0, 0.0, 0.0, 0.0]), 5)
    assert verdict.flags.tolist() == [0, 0, 0, Flag.FAST | Flag.SPIKE, Flag.FAST, 0, 0, 0]


def test_the_same_by_a_gauge_that_lives_on_was_no_water() -> None:
    verdict = judged(np.array([0.0, 0.01, 0.0, 3.75, 0.0, 0.01, 0.0, 0.0]), 5)
    assert verdict.flags.tolist() == [0, 0, 0, Flag.FAST | Flag.SPIKE | Flag.DISPROVED, 0, 0, 0, 0]
