"""A team of people with their equipment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floodcore.domain.order import OrderState
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

    @classmethod
    def of(cls, order: OrderState | None, *, off_duty: bool) -> "TeamState":
        """What a team with this active order is doing; a crew that is at work is at work, off duty or not."""
        if order is None:
            return cls.OFF if off_duty else cls.FREE
        return {OrderState.EN_ROUTE: cls.EN_ROUTE, OrderState.ON_SCENE: cls.ON_SCENE}.get(order, cls.ASSIGNED)


@dataclass(frozen=True, kw_only=True)
class Team:
    """One emergency team.

    Attributes:
        people: Head count.
        pump_m3_h: What its pumps move, m³/h; 0 without a pump.
        place: Where it was last known to be, or None.
        state: What its active order says, or off duty.
        order_id: Its active order, or None.
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
    order_id: int | None = None
    name_en: str | None = None
    constructed: bool = False

    def __post_init__(self) -> None:
        if self.people <= 0:
            raise ValueError(f"a team has people, not {self.people}")
