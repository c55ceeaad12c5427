"""What becomes of an incident whose readings have since been judged bad, or corrected, and the other way round. Pure.

The room acts on a reading at once and hears later what it is worth: a minute later, when the next one shows that the
gauge had seen a bus, or the next day, when somebody has been there. What stands on such a reading alone must not stand
for ever. And water that was passed over while its readings were bad is called once they are not: when work at a gauge
ends early, or a word is taken back, nobody knows when its next reading will come.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from dispatch.track import Sample
from dispatch.watch import Change, Outcome, Spell, Thresholds, What, follow
from floodcore.domain.incident import IncidentKind
from floodcore.domain.levels import Level


def reconsidered(
    spells: Mapping[str, Spell], again: Iterable[Sample], thresholds: Thresholds, now: datetime
) -> Outcome:
    """Judge the readings since these incidents opened once more, in their order, as if each had been known at once.

    An incident that would not stand now is over; one that would stand at another level has it. What the room saw at
    its worst stays on record.

    Args:
        spells: Open water incidents by site.
        again: The readings of their sites by what they are worth now; earlier ones are passed over.
        thresholds: By site.
        now: The room's time.
    """
    found = follow(
        (one for one in again if one.site_id in spells and one.observed_at >= spells[one.site_id].opened_at),
        spells={},
        tracks={},
        thresholds=thresholds,
    )
    changes = []
    for site_id, spell in sorted(spells.items()):
        after = found.spells.get(site_id)
        if after is None:
            depth_m = max((track.newest.depth_m for track in found.tracks.get(site_id, {}).values()), default=0.0)
            at = max(now, spell.opened_at)
            changes.append(_change(What.CLOSED, site_id, Level.NORMAL, depth_m, at))
        elif after.level is not spell.level:
            at = max(after.level_since, spell.opened_at)
            changes.append(_change(What.LEVEL, site_id, after.level, after.depth_m, at))
    return Outcome(changes=changes, spells=found.spells, touched=set(found.spells))


def passed_over(again: Iterable[Sample], thresholds: Thresholds) -> Outcome:
    """What stands at sites that have no incident, by what their readings are worth now.

    Only what still stands is told, from when it began on; what would have come and gone is history.

    Args:
        again: The readings of the last while.
        thresholds: By site.
    """
    found = follow(again, spells={}, tracks={}, thresholds=thresholds)
    last: dict[str, list[Change]] = {}
    for change in found.changes:
        if change.what is What.OPENED:
            last[change.site_id] = []
        last[change.site_id].append(change)
    changes = [change for site_id in sorted(found.spells) for change in last[site_id]]
    return Outcome(changes=changes, spells=found.spells, touched=set(found.spells))


def _change(what: What, site_id: str, level: Level, depth_m: float, at: datetime) -> Change:
    return Change(what=what, site_id=site_id, kind=IncidentKind.WATER, level=level, depth_m=depth_m, at=at)
