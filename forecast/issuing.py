"""One issue time: read what was known, learn from it, forecast, store, announce."""

import asyncio
import logging
import time
from datetime import datetime

from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.domain.forecast import DAMPED_TREND, ForecastRun
from floodcore.store import forecasts, register
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind
from forecast import issue, schedule
from forecast.history import Rows, known, rows_as_known
from forecast.prior import prior
from forecast.pulse import Pulse
from forecast.realised import LOOKS_BACK, RealisedErrors
from forecast.state import State, state_of

log = logging.getLogger(__name__)


class Issuer:
    """Issues runs while its service leads; all that it remembers it can learn again from the store."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, pulse: Pulse) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._pulse = pulse
        self._realised = RealisedErrors(prior())

    async def last_issued(self) -> datetime | None:
        """The newest issue time in the store that is not ahead of the room's clock."""
        async with self._database.connection() as connection:
            return await forecasts.newest_issue_time(connection, DAMPED_TREND, self._clock.now())

    async def issue(self, issue_time: datetime) -> None:
        """Issue both forecasters' runs, all or nothing; where they are in the store already nothing is added.

        Raises:
            DatabaseUnavailable: Nothing was issued, or it is unknown whether it was; the same call again is safe.
        """
        started = time.perf_counter()
        state = await self._learn(issue_time)
        async with self._database.connection() as connection:
            thresholds = await register.thresholds(connection)
        made = await asyncio.to_thread(issue.runs, state, thresholds, self._realised)
        if await self._save(made):
            self._bus.announce(Kind.FORECASTS, state.site_ids.tolist())
        self._pulse.issued(issue_time, sites=len(state.site_ids), seconds=time.perf_counter() - started)
        log.info("issued %s: %d sites in %.2f s", issue_time.isoformat(), len(state.site_ids), self._pulse.seconds)

    async def _learn(self, issue_time: datetime) -> State:
        """The state at the issue time, after those before it that are not learnt yet: all of them after a restart."""
        for at in schedule.unlearnt(self._realised.newest, issue_time, LOOKS_BACK):
            async with self._database.connection() as connection:
                rows = await rows_as_known(connection, at)
            state = await asyncio.to_thread(self._take_in, at, rows)
        return state

    def _take_in(self, at: datetime, rows: Rows) -> State:
        state = state_of(known(at, rows))
        self._realised.learn(state)
        return state

    async def _save(self, made: tuple[ForecastRun, ...]) -> bool:
        async with self._database.connection() as connection:
            saved = [await forecasts.save_run(connection, run, self._clock.now()) for run in made]
        return any(run_id is not None for run_id in saved)
