"""What readings make of a site: an incident opens, rises, falls and closes. Pure: values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.track import Sample, Track
from floodcore.domain.incident import IncidentKind
from floodcore.domain.levels import Ladder, Level, Threshold

# So long the water must have been below everything, by the times of actual readings: two readings of a gauge at 5 min
# and the pulse of one more shower in between. Guessed; no city has published its own.
BELOW_FOR = timedelta(minutes=10)

Tracks = Mapping[str, Mapping[int, Track]]  # by site and sensor
Thresholds = Mapping[str, tuple[Threshold, ...]]  # by site, of all times


class What(StrEnum):
    """What happens to an incident."""

    OPENED = "opened"
    LEVEL = "level"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that happens to a site's incident of a kind, at an observation's time."""

    what: What
    site_id: str
    kind: IncidentKind
    level: Level
    depth_m: float
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Spell:
    """An open water incident as the watch sees it; the fields are those of `Incident`."""

    level: Level
    depth_m: float
    peak_depth_m: float
    opened_at: datetime
    level_since: datetime
    below_since: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What a batch of readings comes to.

    Attributes:
        changes: In the order in which they happened.
        spells: Open water incidents of all sites, after the batch.
        touched: Sites that had an incident and a reading in the batch: their figures are new.
        tracks: Of all sensors, after the batch.
    """

    changes: list[Change] = field(default_factory=list)
    spells: dict[str, Spell] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    tracks: dict[str, dict[int, Track]] = field(default_factory=dict)


def follow(
    samples: Iterable[Sample], *, spells: Mapping[str, Spell], tracks: Tracks, thresholds: Thresholds
) -> Outcome:
    """Judge new readings one by one, in the order of observation, so that no crossing between two looks is missed.

    Args:
        samples: New ones. One that is not newer than its sensor's last changes nothing: levels never go back.
        spells: Open water incidents by site.
        tracks: What the sensors said before.
        thresholds: By site; each sample is held against those that were valid when it was observed.
    """
    outcome = Outcome(spells=dict(spells), tracks={site: dict(of_site) for site, of_site in tracks.items()})
    for sample in sorted(samples, key=lambda one: (one.observed_at, one.sensor_id)):
        if not _is_new(sample, outcome.tracks):
            continue
        of_site = outcome.tracks.setdefault(sample.site_id, {})
        track = of_site.get(sample.sensor_id)
        of_site[sample.sensor_id] = track.followed_by(sample) if track else Track((sample,))
        ladder = Ladder.at(thresholds.get(sample.site_id, ()), sample.observed_at)
        spell = outcome.spells.pop(sample.site_id, None)
        after, what = judge(spell, sample, of_site.values(), ladder)
        if after:
            outcome.spells[sample.site_id] = after
            outcome.touched.add(sample.site_id)
        if what:
            state = after or spell
            assert state
            outcome.changes.append(
                Change(
                    what=what,
                    site_id=sample.site_id,
                    kind=IncidentKind.WATER,
                    level=after.level if after else Level.NORMAL,
                    depth_m=after.depth_m if after else sample.depth_m,
                    at=max(sample.observed_at, state.opened_at),
                )
            )
    return outcome


def judge(
    spell: Spell | None, sample: Sample, of_site: Iterable[Track], ladder: Ladder
) -> tuple[Spell | None, What | None]:
    """What one new reading makes of its site.

    A crossing opens at once, however fast the water came: nothing is taken for a spike. With several gauges a site
    goes up with any of them and down only with all that have spoken since it opened and speak still: one that has died
    must not hold the level at its last word, which would hide all that the others say.

    Args:
        spell: The site's open incident, or None.
        sample: The reading.
        of_site: The tracks of all the site's level sensors, the reading included.
        ladder: The thresholds that were valid when it was observed.

    Returns:
        The incident after it, None where none is open, and what happened.
    """
    at = sample.observed_at
    if spell is None:
        level = ladder.level_of(sample.depth_m)
        if level is Level.NORMAL:
            return None, None
        depth = sample.depth_m
        return Spell(level=level, depth_m=depth, peak_depth_m=depth, opened_at=at, level_since=at), What.OPENED
    spoken = (track for track in of_site if track.newest.observed_at >= spell.opened_at and track.speaks(at))
    depth = max((track.newest.depth_m for track in spoken), default=sample.depth_m)
    level = ladder.level_kept(depth, spell.level)
    is_below = ladder.level_kept(depth, Level.RED) is Level.NORMAL
    after = replace(
        spell,
        level=level,
        depth_m=depth,
        peak_depth_m=max(spell.peak_depth_m, depth),
        level_since=at if level is not spell.level else spell.level_since,
        below_since=(spell.below_since or at) if is_below else None,
    )
    if after.below_since and at - after.below_since >= BELOW_FOR:
        return None, What.CLOSED
    return after, What.LEVEL if level is not spell.level else None


def _is_new(sample: Sample, tracks: Tracks) -> bool:
    track = tracks.get(sample.site_id, {}).get(sample.sensor_id)
    return track is None or sample.observed_at > track.newest.observed_at
