"""Whether readings come in, as far as ingest's own words tell."""

from datetime import timedelta

import pytest

from dispatch.ingest_health import DEAF_AT_MOST_S, all_well, is_judged
from dispatch.lookout import ON_ITS_WAY_S
from floodcore.testing.five_streets import NOON

DAY_S = 24 * 3600
OTHER = ("forecast", "down", 0.0)


@pytest.mark.parametrize(
    ("reports", "is_well"),
    [
        pytest.param([OTHER], False, id="nobody has said anything"),
        pytest.param([("ingest", "ok", 5.0), OTHER], True, id="one, well"),
        pytest.param([("ingest", "degraded", 1.0)], False, id="one, not well"),
        pytest.param([("ingest", "ok", 7.6)], False, id="one whose next report is overdue"),
        pytest.param([("ingest", "ok", 1.0), ("ingest-2", "ok", 7.4)], True, id="two, well"),
        pytest.param([("ingest", "ok", 1.0), ("ingest-2", "ok", 60.0)], False, id="one of two is away"),
        pytest.param([("ingest", "ok", DAY_S + 1), ("ingest-2", "ok", 1.0)], True, id="one was taken away long ago"),
        pytest.param([("ingest", "ok", DAY_S + 1)], False, id="the only one was"),
    ],
)
def test_ingest_is_well(reports: list[tuple[str, str, float]], is_well: bool) -> None:
    """Each report: component, state, seconds ago."""
    rows = [{"component": name, "state": state, "at": NOON - timedelta(seconds=ago)} for name, state, ago in reports]
    assert all_well(rows, NOON) is is_well


@pytest.mark.parametrize(
    ("reports", "judged"),
    [
        pytest.param([("ingest", "ok", 1.0)], False, id="nobody judges"),
        pytest.param([("ingest", "ok", 1.0), ("upkeep", "degraded", 7.4)], True, id="behind, but there"),
        pytest.param([("upkeep", "ok", 7.6)], False, id="the next report is overdue"),
    ],
)
def test_who_judges_is_there(reports: list[tuple[str, str, float]], judged: bool) -> None:
    rows = [{"component": name, "state": state, "at": NOON - timedelta(seconds=ago)} for name, state, ago in reports]
    assert is_judged(rows, NOON) is judged


def test_what_is_missed_before_an_outage_is_noticed_is_no_silence_of_a_gauge() -> None:
    assert ON_ITS_WAY_S > DEAF_AT_MOST_S
