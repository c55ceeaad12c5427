"""What silence means. A gauge that stops while its water rises is an alarm; one that stops after a fall is not.

On 20 July 2021 the gauges of a tunnel lost their power before it filled: that silence had to be the loudest alarm of
all. But some gauges publish only while there is water (FloodNet's do): that they are quiet once it has gone is normal,
and their incidents could never close if they waited for one more reading. Above a threshold silence closes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.track import Track
from dispatch.watch import Change, Spell, Thresholds, Tracks, What
from floodcore.domain.cadence import Cadence, Mode
from floodcore.domain.incident import Incident, IncidentKind
from floodcore.domain.levels import Ladder, Level

QUIET_FOR = timedelta(
    minutes=30
)  # twice the dry cadence of 15 min: a gauge that goes on reporting would have been heard


Cadences = Mapping[int, Cadence]  # by sensor


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What people have said about sensors: until when somebody works at one, and how often it is to report."""

    worked_on: Mapping[int, datetime]
    cadences: Cadences


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How well we listen: only who listens can tell silence.

    Attributes:
        now: The room's time.
        since: Since when readings have been coming in without a break of our own making; None while they are not.
        delay: How long, in the room's time, a reading may be on its way from the gauge to us.
    """

    now: datetime
    since: datetime | None
    delay: timedelta

    def missed(self, track: Track, span: timedelta) -> bool:
        """Whether a sensor has said nothing for longer than that while we listened."""
        heard_until = max(track.newest.observed_at, self.since) if self.since else self.now
        return self.now - heard_until > span + self.delay


def fallen_silent(
    tracks: Tracks,
    water: Iterable[str],
    silence: Mapping[str, Incident],
    thresholds: Thresholds,
    cadences: Cadences,
    hearing: Hearing,
) -> list[Change]:
    """Silence incidents that open, at sites under water, and those that close because the gauge speaks again.

    A sensor has fallen silent when its last readings rose, the newest is at or above the first threshold, and it has
    said nothing for longer than one over a limit may: see `floodcore.domain.cadence`. What it has shown so far may be
    its calm pace: one that is to report each minute over a limit has fallen silent after three.

    Args:
        tracks: What the sensors said.
        water: Sites with an open water incident; elsewhere no water stands that high.
        silence: Open silence incidents by site.
        thresholds: By site.
        cadences: By sensor; of one that is missing its own pace is all that is known.
        hearing: How well we listen.
    """
    changes = []
    for site_id in sorted({*water, *silence}):
        of_site = tracks.get(site_id, {}).values()
        levels = {track: level_then(track, thresholds) for track in of_site if track.is_rising}
        waits = {track: _patience(track, cadences) for track, level in levels.items() if level}
        waited = [(track, patience) for track, patience in waits.items() if patience]
        incident = silence.get(site_id)
        if incident is None:
            silent = [track for track, patience in waited if hearing.missed(track, patience)]
            if silent:
                worst = max(silent, key=lambda track: (levels[track], track.newest.depth_m))
                at = worst.newest.observed_at + (waits[worst] or timedelta())
                changes.append(_change(What.OPENED, IncidentKind.SILENCE, worst, levels[worst], at))
        elif of_site and all(hearing.now - track.newest.observed_at <= patience for track, patience in waited):
            newest = max(of_site, key=lambda track: track.newest.observed_at)
            at = max(newest.newest.observed_at, incident.opened_at)
            changes.append(_change(What.CLOSED, IncidentKind.SILENCE, newest, Level.NORMAL, at))
    return changes


def gone_dry(tracks: Tracks, spells: Mapping[str, Spell], hearing: Hearing) -> list[Change]:
    """Water incidents that close because their gauges have been quiet for QUIET_FOR since the water fell below all.

    Args:
        tracks: What the sensors said.
        spells: Open water incidents by site.
        hearing: How well we listen.
    """
    changes = []
    for site_id, spell in sorted(spells.items()):
        of_site = tracks.get(site_id, {}).values()
        if spell.below_since and of_site and all(hearing.missed(track, QUIET_FOR) for track in of_site):
            newest = max(of_site, key=lambda track: track.newest.observed_at)
            if not newest.is_rising:
                at = newest.newest.observed_at + QUIET_FOR
                changes.append(_change(What.CLOSED, IncidentKind.WATER, newest, Level.NORMAL, at))
    return changes


def undisturbed(tracks: Tracks, worked_on: Mapping[int, datetime]) -> dict[str, dict[int, Track]]:
    """The tracks without those of sensors at which somebody works, or has worked since they last spoke.

    Args:
        tracks: What the sensors said.
        worked_on: By sensor, until when.
    """
    return {
        site_id: {
            sensor_id: track
            for sensor_id, track in of_site.items()
            if sensor_id not in worked_on or worked_on[sensor_id] <= track.newest.observed_at
        }
        for site_id, of_site in tracks.items()
    }


def level_then(track: Track, thresholds: Thresholds) -> Level:
    """The level of a sensor's newest reading by the thresholds that were valid when it was observed."""
    newest = track.newest
    return Ladder.at(thresholds.get(newest.site_id, ()), newest.observed_at).level_of(newest.depth_m)


def _patience(track: Track, cadences: Cadences) -> timedelta | None:
    """How long a sensor over a limit may say nothing; None where nobody knows its pace."""
    return cadences.get(track.newest.sensor_id, Cadence()).patience(Mode.BURST, track.interval)


def _change(what: What, kind: IncidentKind, track: Track, level: Level, at: datetime) -> Change:
    newest = track.newest
    return Change(what=what, site_id=newest.site_id, kind=kind, level=level, depth_m=newest.depth_m, at=at)
