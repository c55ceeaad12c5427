"""Water where it should not be: an incident from its opening to its closing, with the alarm that calls a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floodcore.domain.levels import Level


class IncidentKind(StrEnum):
    """Why it was opened."""

    WATER = "water"  # a threshold was crossed
    SILENCE = "silence"  # a sensor fell silent while its water rose


class AlarmState(StrEnum):
    """ISA-18.2's words: new until a person has seen it, returned when the water has gone before that person came."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    CLOSED = "closed"

    def when_seen(self) -> "AlarmState":
        """What it becomes when a person acknowledges it: one that had returned unseen is over then."""
        return {AlarmState.NEW: AlarmState.ACKNOWLEDGED, AlarmState.RETURNED: AlarmState.CLOSED}.get(self, self)

    def when_over(self) -> "AlarmState":
        """What it becomes when the incident closes: one that nobody has seen still waits for a person."""
        return {AlarmState.NEW: AlarmState.RETURNED, AlarmState.ACKNOWLEDGED: AlarmState.CLOSED}.get(self, self)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One spell of water at one site.

    Attributes:
        incident_id: The database's number.
        level: Now; `peak_level` and `peak_depth_m` are the worst so far.
        depth_m: Newest depth in metres.
        opened_at: Observation time of the reading that opened it.
        level_since: Observation time of the reading that set the present level.
        below_since: Since when the depth has been below all thresholds less their hysteresis, or None.
        closed_at: Observation time of the reading that closed it, or the moment at which a gauge that had fallen dry
            was quiet for long enough; None while it is open.
    """

    incident_id: int
    site_id: str
    kind: IncidentKind
    level: Level
    peak_level: Level
    depth_m: float
    peak_depth_m: float
    opened_at: datetime
    level_since: datetime
    below_since: datetime | None = None
    closed_at: datetime | None = None
    alarm: AlarmState = AlarmState.NEW
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
