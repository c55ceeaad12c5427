"""Forecasts, as they are loaded and kept."""

from datetime import timedelta

from dashboard_api.live.objects import Forecast
from dashboard_api.live.predictions import forecast_objects
from dashboard_api.live.state import Objects
from floodcore.clock import Clock
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("live", "dashboard_api")
KEPT = 4  # runs: one that leaves out a site leaves the site its forecast for a quarter of an hour
SHOWN_FOR = timedelta(hours=3)  # an hour beyond the longest lead time; nobody needs an older one


class Runs:
    """The last runs. A run is complete once it can be seen, so each is read once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runs: dict[int, dict[str, Forecast]] = {}

    async def load(self, connection: Connection) -> Objects:
        """The topic `forecasts`: of the last runs, each site's newest."""
        now = self._clock.now()
        asked = {"now": now, "since": now - SHOWN_FOR, "kept": KEPT}
        runs = await fetch_all(connection, SQL["last_runs"], asked)
        for run in runs:
            if run["run_id"] not in self._runs:
                self._runs[run["run_id"]] = forecast_objects(await fetch_all(connection, SQL["run_values"], run))
        self._runs = {run["run_id"]: self._runs[run["run_id"]] for run in reversed(runs)}
        newest: dict[str, Forecast] = {}
        for forecasts in self._runs.values():
            newest |= forecasts
        return newest
