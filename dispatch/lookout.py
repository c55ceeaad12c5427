"""The lookout: reads what is new, has it judged, and writes what came of it together with how far it has read.

Killed at any moment it loses nothing and doubles nothing: the cursor moves in the transaction that writes the changes.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.silence import Hearing, fallen_silent, gone_dry
from dispatch.track import KEPT, Sample, Track
from dispatch.watch import Change, Outcome, Spell, Thresholds, What, follow
from floodcore.clock import Clock
from floodcore.domain.incident import Incident, IncidentKind
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quality
from floodcore.store import health, incidents
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.statements import statements

log = logging.getLogger(__name__)
SQL = statements("lookout", "dispatch")

ACTOR = "service:dispatch"
HORIZON = timedelta(hours=6)  # an outage whose backlog is still judged; what is older is history. Guessed
BATCH = 20_000  # readings a look; the backlog of 5,000 gauges after an hour, 300,000, was judged in 8 s on two cores
ON_ITS_WAY_S = 5.0  # real seconds from a gauge to us at worst: the budget to the wall is 1 s; the rest is slack

Key = tuple[str, IncidentKind]


class Lookout:
    """Looks at the readings, again and again; one at a time, by whoever leads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._tracks: dict[str, dict[int, Track]] = {}
        self._heard_since: datetime | None = None

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
            rows = await fetch_all(connection, SQL["fresh"], {"horizon": now - HORIZON, "limit": BATCH})
            standing = {(one.site_id, one.kind): one for one in await incidents.open_incidents(connection)}
            sites = {row["site_id"] for row in rows} | {site_id for site_id, _ in standing}
            thresholds = await _thresholds(connection, sites)
            ingest_is_well = await _ingest_is_well(connection)
        is_behind = len(rows) == BATCH
        self._listen(now, hears=broker_is_there and ingest_is_well and not is_behind)
        outcome = follow(
            (_sample(row) for row in rows if row["quality"] != Quality.BAD),
            spells={site_id: _spell(one) for (site_id, kind), one in standing.items() if kind is IncidentKind.WATER},
            tracks=self._tracks,
            thresholds=thresholds,
        )
        changes = [*outcome.changes, *self._silences(outcome, standing, thresholds, now)]
        changed = await self._write(rows, outcome, changes, standing, now) if rows or changes else set()
        self._tracks = outcome.tracks
        return changed, is_behind

    def _listen(self, now: datetime, *, hears: bool) -> None:
        self._heard_since = (self._heard_since or now) if hears else None

    def _silences(
        self, outcome: Outcome, standing: Mapping[Key, Incident], thresholds: Thresholds, now: datetime
    ) -> list[Change]:
        delay = timedelta(seconds=ON_ITS_WAY_S * self._clock.speed)
        hearing = Hearing(now=now, since=self._heard_since, delay=delay)
        silence = {site_id: one for (site_id, kind), one in standing.items() if kind is IncidentKind.SILENCE}
        return [
            *fallen_silent(outcome.tracks, outcome.spells, silence, thresholds, hearing),
            *gone_dry(outcome.tracks, outcome.spells, hearing),
        ]

    async def _write(
        self,
        rows: Sequence[Mapping[str, Any]],
        outcome: Outcome,
        changes: Sequence[Change],
        standing: Mapping[Key, Incident],
        now: datetime,
    ) -> set[int]:
        ids = {key: incident.incident_id for key, incident in standing.items()}
        changed: set[int] = set()
        async with journalled(self._database) if changes else self._database.connection() as connection:
            for change in changes:
                incident_id = await _apply(connection, change, ids, now)
                changed.add(incident_id)
                log.info("incident %d at %s: %s, %.2f m", incident_id, change.site_id, change.what, change.depth_m)
            for site_id in sorted(outcome.touched):
                if incident_id := ids.get((site_id, IncidentKind.WATER), 0):
                    spell = outcome.spells[site_id]
                    await incidents.note_depth(
                        connection,
                        incident_id,
                        depth_m=spell.depth_m,
                        peak_depth_m=spell.peak_depth_m,
                        below_since=spell.below_since,
                    )
                    changed.add(incident_id)
            await _move_cursor(connection, rows)
        return changed


async def _apply(connection: Connection, change: Change, ids: dict[Key, int], now: datetime) -> int:
    key = (change.site_id, change.kind)
    told: dict[str, Any] = {"depth_m": change.depth_m, "at": change.at, "actor": ACTOR, "now": now}
    match change.what:
        case What.OPENED:
            row = await incidents.open_incident(
                connection, site_id=change.site_id, kind=change.kind, level=change.level, **told
            )
            ids[key] = row["incident_id"]
            return ids[key]
        case What.LEVEL:
            await incidents.set_level(connection, ids[key], change.level, **told)
            return ids[key]
        case What.CLOSED:
            await incidents.close_incident(connection, ids[key], **told)
            return ids.pop(key)


async def _move_cursor(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    furthest = {row["sensor_id"]: row["observed_at"] for row in rows}  # rows are in the order of time
    if furthest:
        numbers = sorted(furthest)  # always in this order, so that nobody is locked out
        times = [furthest[number] for number in numbers]
        await connection.execute(SQL["move_cursor"], {"sensor_ids": numbers, "times": times})


async def _thresholds(connection: Connection, site_ids: Iterable[str]) -> Thresholds:
    found: dict[str, list[Threshold]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["thresholds"], {"site_ids": list(site_ids)}):
        found[row.pop("site_id")].append(Threshold(**{**row, "level": Level(row["level"])}))
    return {site_id: tuple(steps) for site_id, steps in found.items()}


async def _ingest_is_well(connection: Connection) -> bool:
    told = next((one for one in await health.reports(connection) if one["component"] == "ingest"), None)
    if told is None or told["state"] != "ok":
        return False
    silent: timedelta = datetime.now(UTC) - told["at"]  # health is told in real time
    return silent < timedelta(seconds=health.SILENT_AFTER_S)


def _sample(row: Mapping[str, Any]) -> Sample:
    return Sample(
        sensor_id=row["sensor_id"], site_id=row["site_id"], observed_at=row["observed_at"], depth_m=row["depth_m"]
    )


def _spell(incident: Incident) -> Spell:
    return Spell(**{field.name: getattr(incident, field.name) for field in fields(Spell)})
