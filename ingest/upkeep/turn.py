"""One turn: what has changed is judged and summed up, all of it in one transaction; or it stays on the list.

Killed at any moment nothing is lost and nothing is done by halves. Copies beside each other take turns: each takes
other notes, and where one is killed the next goes on at once.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from floodcore.clock import Clock
from floodcore.domain.upkeep import Span, united
from floodcore.errors import first_line
from floodcore.store import changed, rollups
from floodcore.store.database import BROKEN_OFF, Connection, Database, fetch_all
from floodcore.store.judgements import put_latest
from floodcore.store.statements import statements
from ingest.quality.judging import Judged
from ingest.upkeep.spans import cut

log = logging.getLogger(__name__)
SQL = statements("upkeep", "ingest.upkeep")

NOTES = 1000  # read at once: the backlog of a fleet's hour, so that each sensor's is judged as one

# Judges the readings of some spans in the caller's transaction at the room's time.
Judge = Callable[[Connection, Sequence[Span], datetime], Awaitable[Judged]]
Refusals = list[tuple[Span, Exception]]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a turn did.

    Attributes:
        news: Sensors whose newest reading is now worth something else than when it was announced.
        spans: How many were looked at; where there were any, there may be more.
    """

    news: tuple[int, ...] = ()
    spans: int = 0


async def take_turn(database: Database, clock: Clock, judge: Judge) -> Turn:
    """Do what is noted, the newest first.

    Raises:
        DatabaseUnavailable: Nothing is done, or, when the commit itself broke off, perhaps all; the same call again is
            safe.
    """
    async with database.connection() as connection:
        taken = await changed.take(connection, NOTES)
        if not taken:
            return Turn()
        await rollups.take_turn(connection)
        stretches, later = cut(taken)
        await changed.note(connection, later)
        now = clock.now()  # after the waiting: who asks what was known at a moment counts on it
        are_kept = await rollups.are_kept(connection)
        done = []
        for spans in stretches:
            judged, refusals = await _judge(connection, judge, spans, now)
            await _keep(connection, refusals, now)
            if are_kept:
                await rollups.sum_up(connection, [*spans, *judged.spans])
            done.append(judged)
        judged = _together(done)
        news = judged.computed | await put_latest(connection, judged.spans)  # last: from here on ingest waits for us
    return Turn(news=tuple(sorted(news)), spans=sum(map(len, stretches)))


async def recall(database: Database) -> None:
    """Ask once more for what could not be judged: whoever starts anew may have been mended."""
    async with database.connection() as connection:
        rows = await fetch_all(connection, SQL["take_unjudgeable"])
        await changed.note(connection, [Span(**row) for row in rows])


async def _judge(connection: Connection, judge: Judge, spans: Sequence[Span], now: datetime) -> tuple[Judged, Refusals]:
    """Judge them together and, where that fails, by halves, until the sensor is found on which it fails."""
    try:
        async with connection.transaction():
            return await judge(connection, spans, now), []
    except BROKEN_OFF:
        raise
    except Exception as error:  # whatever a check makes of readings nobody thought of: the other sensors go on
        sensor_ids = sorted({span.sensor_id for span in spans})
        if len(sensor_ids) == 1:
            log.exception("sensor %d cannot be judged", sensor_ids[0])
            return Judged(spans=[], computed=set()), [(span, error) for span in united(spans)]
        first = set(sensor_ids[: len(sensor_ids) // 2])
        (one, refused), (other, refused_too) = [
            await _judge(connection, judge, [span for span in spans if (span.sensor_id in first) is is_first], now)
            for is_first in (True, False)
        ]
        return _together([one, other]), [*refused, *refused_too]


def _together(parts: Sequence[Judged]) -> Judged:
    return Judged(
        spans=[span for part in parts for span in part.spans],
        computed={sensor_id for part in parts for sensor_id in part.computed},
    )


async def _keep(connection: Connection, refusals: Refusals, now: datetime) -> None:
    for span, error in refusals:
        told = {"sensor_id": span.sensor_id, "earliest": span.earliest, "latest": span.latest}
        await connection.execute(SQL["keep_unjudgeable"], {**told, "error": first_line(error), "now": now})
