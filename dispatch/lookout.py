"""The lookout: reads what is new, has it judged, and writes what came of it together with how far it has read.

Killed at any moment it loses nothing and doubles nothing: the cursor moves in the transaction that writes the changes.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.ingest_health import DEAF_AT_MOST_S, all_well, is_judged
from dispatch.late import Late, belated
from dispatch.reconsider import passed_over, reconsidered
from dispatch.silence import Agreed, Hearing, fallen_silent, gone_dry, undisturbed
from dispatch.track import KEPT, Sample, Track
from dispatch.watch import Change, Outcome, Spell, Thresholds, follow
from dispatch.writing import ACTOR, Key, write_down
from floodcore.clock import Clock
from floodcore.domain.incident import Incident, IncidentKind
from floodcore.domain.reading import Quality
from floodcore.store import health, incidents, register
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.statements import statements

log = logging.getLogger(__name__)
SQL = statements("lookout", "dispatch")

HORIZON = timedelta(hours=6)  # an outage whose backlog is still judged; what is older is history. Guessed
BATCH = 20_000  # readings a look; the backlog of 5,000 gauges after an hour, 300,000, was judged in 8 s on two cores
# Real seconds that a reading is given to be judged; mostly it takes a tenth of one. Water does not wait for its judge.
JUDGED_AFTER_S = 2.0
# Real seconds from a gauge to us at worst: the budget to the wall, the judge, and what we may have missed before we
# notice that ingest is away.
ON_ITS_WAY_S = 1.0 + JUDGED_AFTER_S + DEAF_AT_MOST_S
JUDGED_WITHIN_S = 60.0  # real; so long after its time a judgement may be committed. Looking twice changes nothing
LATE_AT_MOST = timedelta(hours=1)  # a gateway's buffered hour, sent after the live value; what is older is history


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Lookout:
    """Looks at the readings, again and again; one at a time, by whoever leads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._tracks: dict[str, dict[int, Track]] = {}
        self._heard_since: datetime | None = None
        self._reconsidered_until = LONG_AGO

    @property
    def is_listening(self) -> bool:
        """Whether readings come in, so that a silence would be noticed."""
        return self._heard_since is not None

    async def remember(self) -> None:
        """Take up where the lookout before us ended."""
        async with self._database.connection() as connection:
            rows = await fetch_all(connection, SQL["judged_lately"], {"kept": KEPT})
        self._tracks = {}
        for sample in map(_sample, rows):
            of_site = self._tracks.setdefault(sample.site_id, {})
            track = of_site.get(sample.sensor_id)
            of_site[sample.sensor_id] = track.followed_by(sample) if track else Track((sample,))

    async def look(self, *, broker_is_there: bool) -> tuple[set[int], bool]:
        """Judge what has come in since the last look.

        Args:
            broker_is_there: Whether the bus is connected; without it no silence means anything.

        Returns:
            Ids of the incidents that changed, and whether there is more to read at once.
        """
        now = self._clock.now()
        async with self._database.connection() as connection:
            real_now, reports = datetime.now(UTC), await health.reports(connection)  # health is told in real time
            patience = self._clock.passed_in(JUDGED_AFTER_S)
            unjudged_until = now - patience if is_judged(reports, real_now) else None
            asked = {"horizon": now - HORIZON, "unjudged_until": unjudged_until, "limit": BATCH}
            rows = await fetch_all(connection, SQL["fresh"], asked)
            standing = {(one.site_id, one.kind): one for one in await incidents.open_incidents(connection)}
            sites = {row["site_id"] for row in rows} | {one.site_id for one in standing.values()}
            thresholds = await register.thresholds(connection, sites)
            agreed = await _agreed(connection, sites, now)
        is_behind = len(rows) == BATCH
        self._listen(now, hears=broker_is_there and all_well(reports, real_now) and not is_behind)
        outcome = follow(
            (_sample(row) for row in rows if row["quality"] != Quality.BAD),
            spells={site_id: _spell(one) for (site_id, kind), one in standing.items() if kind is IncidentKind.WATER},
            tracks=self._tracks,
            thresholds=thresholds,
        )
        changes = [*outcome.changes, *self._silences(outcome, agreed, standing, thresholds, now)]
        changed = await self._write(rows, outcome, changes, standing, now) if rows or changes else set()
        self._tracks = outcome.tracks
        return changed, is_behind

    async def look_back(self) -> set[int]:
        """Judge what has come in late, behind readings that had been judged already: see `dispatch.late`.

        It remembers nothing: what it finds is what no incident accounts for yet. So it is to be asked again and again.

        Returns:
            Ids of the incidents that changed.
        """
        now = self._clock.now()
        asked: dict[str, Any] = {"since": now - LATE_AT_MOST}
        async with self._database.connection() as connection:
            late = [Late(**row) for row in await fetch_all(connection, SQL["late"], asked)]
            if not late:
                return set()
            asked["site_ids"] = list({one.site_id for one in late if one.incident_id is None})
            again = [_sample(row) for row in await fetch_all(connection, SQL["judged_again"], asked)]
            thresholds = await register.thresholds(connection, {one.site_id for one in late})
        peaks, outcome = belated(late, again, thresholds)
        async with journalled(self._database) as connection:
            for peak in peaks:
                log.info("incident %d: a late reading says %.2f m", peak.incident_id, peak.depth_m)
                await incidents.raise_peak(
                    connection, peak.incident_id, peak.level, depth_m=peak.depth_m, actor=ACTOR, now=now
                )
            changed = await write_down(connection, outcome.changes, outcome, {}, now)
        return changed | {peak.incident_id for peak in peaks}

    async def reconsider(self) -> set[int]:
        """Judge again what readings that have turned out bad, or good, or other come to: see `dispatch.reconsider`.

        Returns:
            Ids of the incidents that changed.
        """
        now = self._clock.now()
        changed = await self._reconsider_incidents(now) | await self._call_passed_over(now)
        if changed:
            await self.remember()  # without what has turned out bad, and with what has turned out good
        return changed

    async def _reconsider_incidents(self, now: datetime) -> set[int]:
        async with self._database.connection() as connection:
            standing = {one.site_id: one for one in await self._doubtful(connection)}
            if not standing:
                self._reconsidered_until = now
                return set()
            opened = min(one.opened_at for one in standing.values())
            asked = {"site_ids": list(standing), "since": opened - MICROSECOND}
            again = [_sample(row) for row in await fetch_all(connection, SQL["judged_again"], asked)]
            thresholds = await register.thresholds(connection, standing)
        spells = {site_id: _spell(one) for site_id, one in standing.items()}
        outcome = reconsidered(spells, again, thresholds, now)
        by_key = {(one.site_id, one.kind): one for one in standing.values()}
        async with journalled(self._database) as connection:
            changed = await write_down(connection, outcome.changes, outcome, by_key, now)
        self._reconsidered_until = now
        return changed

    async def _call_passed_over(self, now: datetime) -> set[int]:
        asked: dict[str, Any] = {"since": now - LATE_AT_MOST}
        async with self._database.connection() as connection:
            sites = [row["site_id"] for row in await fetch_all(connection, SQL["passed_over"], asked)]
            if not sites:
                return set()
            again = [
                _sample(row) for row in await fetch_all(connection, SQL["judged_again"], asked | {"site_ids": sites})
            ]
            thresholds = await register.thresholds(connection, sites)
        outcome = passed_over(again, thresholds)
        if not outcome.changes:
            return set()
        async with journalled(self._database) as connection:
            return await write_down(connection, outcome.changes, outcome, {}, now)

    async def _doubtful(self, connection: Connection) -> list[Incident]:
        water = [one for one in await incidents.open_incidents(connection) if one.kind is IncidentKind.WATER]
        if not water:
            return []
        since = self._reconsidered_until - self._clock.passed_in(JUDGED_WITHIN_S)
        asked = {"since": since, "opened": min(one.opened_at for one in water)}
        sites = {row["site_id"] for row in await fetch_all(connection, SQL["judged_otherwise"], asked)}
        return [one for one in water if one.site_id in sites]

    def _listen(self, now: datetime, *, hears: bool) -> None:
        self._heard_since = (self._heard_since or now) if hears else None

    def _silences(
        self,
        outcome: Outcome,
        agreed: Agreed,
        standing: Mapping[Key, Incident],
        thresholds: Thresholds,
        now: datetime,
    ) -> list[Change]:
        delay = self._clock.passed_in(ON_ITS_WAY_S)
        hearing = Hearing(now=now, since=self._heard_since, delay=delay)
        silence = {site_id: one for (site_id, kind), one in standing.items() if kind is IncidentKind.SILENCE}
        tracks = undisturbed(outcome.tracks, agreed.worked_on)
        return [
            *fallen_silent(tracks, outcome.spells, silence, thresholds, agreed.cadences, hearing),
            *gone_dry(tracks, outcome.spells, hearing),
        ]

    async def _write(
        self,
        rows: Sequence[Mapping[str, Any]],
        outcome: Outcome,
        changes: Sequence[Change],
        standing: Mapping[Key, Incident],
        now: datetime,
    ) -> set[int]:
        async with journalled(self._database) if changes else self._database.connection() as connection:
            changed = await write_down(connection, changes, outcome, standing, now)
            await _move_cursor(connection, rows)
        return changed


async def _agreed(connection: Connection, sites: Collection[str], now: datetime) -> Agreed:
    work = await fetch_all(connection, SQL["worked_on"], {"now": now, "since": now - HORIZON})
    cadences = await register.cadences(connection, sites)
    return Agreed(worked_on={row["sensor_id"]: row["ends"] for row in work}, cadences=cadences)


async def _move_cursor(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    furthest = {row["sensor_id"]: row["observed_at"] for row in rows}  # rows are in the order of time
    if furthest:
        numbers = sorted(furthest)  # always in this order, so that nobody is locked out
        times = [furthest[number] for number in numbers]
        await connection.execute(SQL["move_cursor"], {"sensor_ids": numbers, "times": times})


def _sample(row: Mapping[str, Any]) -> Sample:
    return Sample(
        sensor_id=row["sensor_id"], site_id=row["site_id"], observed_at=row["observed_at"], depth_m=row["depth_m"]
    )


def _spell(incident: Incident) -> Spell:
    return Spell(**{field.name: getattr(incident, field.name) for field in fields(Spell)})
