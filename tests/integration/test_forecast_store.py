"""A run is written once."""

from datetime import timedelta

import pytest

from floodcore.domain.forecast import DAMPED_TREND, LEADS, PERSISTENCE, ForecastRun, ForecastValue
from floodcore.domain.levels import Level
from floodcore.store import forecasts
from floodcore.store.database import Database, fetch_all
from floodcore.testing.five_streets import NOON

LATER = NOON + timedelta(seconds=2)


def run(depth_m: float, hours: int = 0, produced_by: str = DAMPED_TREND) -> ForecastRun:
    value = ForecastValue(
        site_id="street-A",
        lead_time=LEADS[0],
        depth_m=(0, depth_m / 2, depth_m, 2 * depth_m, 3 * depth_m),
        crossing={Level.BLUE: 0.5, Level.YELLOW: 0.25},
    )
    return ForecastRun(issue_time=NOON + timedelta(hours=hours), produced_by=produced_by, values=(value,))


async def test_a_run_is_stored_as_it_was_made(database_url: str) -> None:
    async with Database(database_url) as database, database.connection() as connection:
        run_id = await forecasts.save_run(connection, run(0.2), LATER)
        assert await fetch_all(connection, "SELECT * FROM forecast_run") == [
            {"run_id": run_id, "issue_time": NOON, "created_at": LATER, "produced_by": DAMPED_TREND}
        ]
        [value] = await fetch_all(connection, "SELECT * FROM forecast_value")
        assert value == {
            "run_id": run_id,
            "site_id": "street-A",
            "issue_time": NOON,
            "valid_time": NOON + LEADS[0],
            "q05": 0,
            "q25": 0.1,
            "q50": 0.2,
            "q75": 0.4,
            "q95": pytest.approx(0.6),
            "crossing": {"1": 0.5, "2": 0.25},
        }


async def test_a_leader_that_starts_again_issues_no_run_twice(database_url: str) -> None:
    async with Database(database_url) as database, database.connection() as connection:
        first = await forecasts.save_run(connection, run(0.2), LATER)
        assert await forecasts.save_run(connection, run(0.9), LATER) is None
        assert await forecasts.save_run(connection, run(0.9, produced_by=PERSISTENCE), LATER) is not None
        rows = await fetch_all(connection, "SELECT run_id, q50 FROM forecast_value ORDER BY run_id")
        assert rows[0] == {"run_id": first, "q50": 0.2}
        assert len(rows) == 2


async def test_the_newest_is_the_newest_by_the_rooms_clock(database_url: str) -> None:
    """The store still holds the runs of a storm that lies ahead of a clock set back."""
    async with Database(database_url) as database, database.connection() as connection:
        for hours in (0, 1, 48):
            await forecasts.save_run(connection, run(0.2, hours), LATER)
        two_hours_on = NOON + timedelta(hours=2)
        assert await forecasts.newest_issue_time(connection, DAMPED_TREND, two_hours_on) == NOON + timedelta(hours=1)
        assert await forecasts.newest_issue_time(connection, PERSISTENCE, two_hours_on) is None
