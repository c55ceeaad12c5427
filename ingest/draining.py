"""From the spool to the database: the newest first, in such time as the news leaves."""

import asyncio
import logging
from datetime import timedelta

from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable
from floodcore.wire.announcement import Kind
from ingest.batching import MOST_MESSAGES, MOST_READINGS
from ingest.decode import decode
from ingest.memory import Memory
from ingest.pulse import Pulse
from ingest.reception import RETRY_FIRST_S, RETRY_MOST_S, Reception
from ingest.spool import Spool, SpoolFull

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1  # real seconds; what waits here is old already
AT_LEAST_EVERY_S = 1.0  # real seconds; a reception that is busy for hours does not starve what waits
AT_ONCE = 2 * MOST_MESSAGES  # about 0.1 s of the database, in which news may have to wait for a row


async def drain(
    spool: Spool, memory: Memory, reception: Reception, bus: Bus, pulse: Pulse, *, oldest: timedelta
) -> None:
    """Store what waits, for ever; while the database or the disk is away, ask for it with growing pauses."""
    pause_s = RETRY_FIRST_S
    while True:
        if not spool.waiting.messages:
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        try:
            await _store_newest(spool, memory, bus, pulse, oldest)
        except (DatabaseUnavailable, SpoolFull) as error:
            log.debug("%s", error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, RETRY_MOST_S)
            continue
        pause_s = RETRY_FIRST_S
        await _give_way(reception)


async def _store_newest(spool: Spool, memory: Memory, bus: Bus, pulse: Pulse, oldest: timedelta) -> None:
    kept = await asyncio.to_thread(spool.newest, AT_ONCE, MOST_READINGS)
    outcome = await memory.store([decode(one.message, oldest) for one in kept])
    records = sum(one.records for one in kept)
    pulse.drained(records)
    try:
        await asyncio.to_thread(spool.forget, kept)
    except SpoolFull:
        pulse.took_over(records)  # they will be stored once more
        raise
    if any(one.is_live for one in kept):  # whoever waits for what was saved up finds it within one poll
        bus.announce(Kind.READINGS, [str(sensor_id) for sensor_id in outcome.sensor_ids])


async def _give_way(reception: Reception) -> None:
    deadline = asyncio.get_running_loop().time() + AT_LEAST_EVERY_S
    while reception.is_busy and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - a state, no event
        await asyncio.sleep(LOOK_EVERY_S)
