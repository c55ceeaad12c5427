"""When the nights are looked back at (`ingest.quality.nights`): once a day, in the morning, by one copy.

A look that is due is noted in the journal before it begins: it is not repeated after a restart, and readings that no
look survives stop upkeep once and not for ever. Whoever is killed in the middle leaves the rest to the next morning:
zeros wander by centimetres in weeks.
"""

import asyncio
import logging
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.settings import Settings
from floodcore.store import journal
from floodcore.store.database import Database, fetch_one
from floodcore.store.journal import Entry, journalled
from floodcore.store.leader import leadership
from floodcore.store.statements import statements
from floodcore.waiting import until
from ingest.quality.nights import ACTOR, look_back

log = logging.getLogger(__name__)
SQL = statements("nightly", "ingest.upkeep")

LOCAL = ZoneInfo("Asia/Shanghai")  # where the streets are: nights are theirs, whatever the machine's time zone
MORNING = time(5)  # the three hours before have the least traffic of the day, and the day's has not begun. Guessed
DAY = timedelta(days=1)
ASK_EVERY_S = 60.0  # real; a lead that was lost is noticed
TRY_AGAIN_S = 60.0


async def look_each_morning(settings: Settings, database: Database, clock: Clock) -> None:
    """Look back at every night's end; of several copies one does, the others wait.

    Who starts later in the day waits for the next morning, unless one was missed since the last look.
    """
    started, owed = clock.now(), None
    while True:
        try:
            async with leadership(settings.database_url(), "nights") as lead:
                while True:
                    await lead.check()
                    owed = owed or await begin(database, started, clock.now())
                    if owed:
                        await look_back(database, owed, clock.now())
                        owed = None
                    await until(clock, newest_morning(clock.now()) + DAY, most_s=ASK_EVERY_S)
        except DatabaseUnavailable as error:
            log.debug("nobody looks back at the nights now: %s", error)  # judging has told it
        await asyncio.sleep(TRY_AGAIN_S)


def newest_morning(now: datetime) -> datetime:
    """The last MORNING up to a moment; the clocks of LOCAL are never changed, so the next one is a DAY later."""
    local = now.astimezone(LOCAL)
    today = datetime.combine(local.date(), MORNING, LOCAL)
    return (today if today <= local else today - DAY).astimezone(UTC)


async def begin(database: Database, started: datetime, now: datetime) -> datetime | None:
    """The end of the night that is to be looked at now, noted as looked at; None where no morning has come.

    Args:
        database: The memory.
        started: Since when somebody waits, where nobody has ever looked.
        now: The room's time. Looks of a later day are of another room's clock, and count for nothing.
    """
    morning = newest_morning(now)
    async with journalled(database) as connection:
        last = await fetch_one(connection, SQL["last_look"], {"now": now})
        assert last, "an aggregate has one row"
        if morning <= (last["at"] or started):
            return None
        entry = Entry(
            kind="nights.looked_back",
            entity="nights",
            entity_id=f"{morning.astimezone(LOCAL):%Y-%m-%d}",
            before=None,
            after={"ends": morning},
            actor=ACTOR,
            at=now,
        )
        await journal.write(connection, entry)
    log.info("looking back at the night that ended at %s", morning.astimezone(LOCAL))
    return morning
