"""Writing down what came of judging: incidents that open, rise, fall and close, and their depths."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dispatch.watch import Change, Outcome, What
from floodcore.domain.incident import Incident, IncidentKind
from floodcore.store import incidents
from floodcore.store.database import Connection

log = logging.getLogger(__name__)

ACTOR = "service:dispatch"
Key = tuple[str, IncidentKind]


async def write_down(
    connection: Connection, changes: Sequence[Change], outcome: Outcome, standing: Mapping[Key, Incident], now: datetime
) -> set[int]:
    """Make the changes, and bring the figures of the incidents that then stand up to date.

    Args:
        connection: A journalled one where there are changes.
        changes: In the order in which they happened.
        outcome: What the readings came to; its touched sites have new figures.
        standing: Open incidents before the changes.
        now: The room's time.

    Returns:
        Ids of the incidents that changed.
    """
    ids = {key: incident.incident_id for key, incident in standing.items()}
    changed: set[int] = set()
    for change in changes:
        incident_id = await _make(connection, change, ids, now)
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
    return changed


async def _make(connection: Connection, change: Change, ids: dict[Key, int], now: datetime) -> int:
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
