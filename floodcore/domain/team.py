"""A team of people with their equipment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floodcore.domain.site import Place


class Skill(StrEnum):
    """What a team can do."""

    PUMP = "pump"  # 排水: has a mobile pump
    CLOSE_ROAD = "close_road"  # 封控: barriers, signs, traffic
    RESCUE = "rescue"  # 救援: boats, life jackets
    POWER = "power"  # 断电: may switch off electricity


class TeamState(StrEnum):
    """What a team is doing; derived from its active order, or off duty."""

    FREE = "free"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Team:
    """One emergency team.

    Attributes:
        people: Head count.
        pump_m3_h: What its pumps move, m³/h; 0 without a pump.
        place: Where it was last known to be, or None.
        constructed: Made for a demonstration or a test; shown wherever the team is.
    """

    team_id: str
    name: str
    people: int
    skills: frozenset[Skill]
    pump_m3_h: float = 0.0
    place: Place | None = None
    position_at: datetime | None = None
    state: TeamState = TeamState.FREE
    name_en: str | None = None
    constructed: bool = False

    def __post_init__(self) -> None:
        if self.people <= 0:
            raise ValueError(f"a team has people, not {self.people}")
