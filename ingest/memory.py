"""The database as ingest sees it: there, or away; a batch is stored or the answer comes within seconds."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.store.database import Database
from floodcore.store.readings import SensorOf
from ingest.decode import Decoded
from ingest.pulse import Pulse
from ingest.storing import Outcome, store

log = logging.getLogger(__name__)

# Real seconds. A batch takes a fraction of one; a server that hangs answers nothing at all, and news must not wait.
PATIENCE_S = 10.0
# A pool tries to connect once for whoever asks, who then waits for it in vain: so a database that was away is asked for
# a word first, and again soon, or it would be back for ten seconds before we know.
WORD_WITHIN_S = 1.0


class Memory:
    """Stores batches.

    Attributes:
        is_away: Whether the last attempt failed; what arrives meanwhile is kept elsewhere instead of waiting here.
    """

    def __init__(self, database: Database, clock: Clock, pulse: Pulse, oldest: timedelta) -> None:
        self._database, self._clock, self._pulse, self._oldest = database, clock, pulse, oldest
        self.is_away = False
        self._sensor_of: SensorOf = {}

    async def store(self, batch: Sequence[Decoded]) -> Outcome:
        """Store a batch.

        Raises:
            DatabaseUnavailable: It is stored not at all or, when the commit broke off, perhaps: store it again.
        """
        if self.is_away and not await self._database.is_reachable(WORD_WITHIN_S):
            raise DatabaseUnavailable("The database is still away; what arrives is kept in the spool.")
        try:
            async with asyncio.timeout(PATIENCE_S):
                outcome = await store(
                    self._database, batch, self._clock, self._pulse.instance, self._sensor_of, self._oldest
                )
        except DatabaseUnavailable as error:
            self._gone(str(error))
            raise
        except TimeoutError as error:
            slow = f"The database has not answered for {PATIENCE_S:g} s; what arrives is kept in the spool."
            self._gone(slow)
            raise DatabaseUnavailable(slow) from error
        if self.is_away:
            log.info("the database is back")
            self.is_away = False
        self._pulse.settled(outcome, batch)
        return outcome

    def _gone(self, why: str) -> None:
        if not self.is_away:  # said once, however long it lasts
            log.warning("%s", why)
        self.is_away = True
        self._sensor_of.clear()  # it may come back from a backup, with other numbers
