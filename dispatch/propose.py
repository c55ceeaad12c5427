"""Who goes where: for each incident without a crew the nearest suitable free team, with the reason. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dispatch.needs import need_of
from floodcore.domain.geo import distance_m
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderReason, OrderState
from floodcore.domain.site import Place, Site
from floodcore.domain.team import Skill, Team, TeamState

# Along the straight line: about 25 km/h on wet streets that are 1.4 times as long. Guessed; replaced by driving times
# over the road network once there is one.
TRAVEL_M_S = 5.0

SKILL_ZH = {Skill.PUMP: "排水", Skill.CLOSE_ROAD: "封控", Skill.RESCUE: "救援", Skill.POWER: "断电"}
SKILL_EN = {Skill.PUMP: "pump", Skill.CLOSE_ROAD: "close roads", Skill.RESCUE: "rescue", Skill.POWER: "cut the power"}


@dataclass(frozen=True, kw_only=True)
class PastOrder:
    """An order that an open incident has, or has had."""

    order_id: int
    team_id: str
    level: Level
    state: OrderState


@dataclass(frozen=True, kw_only=True)
class Call:
    """An open incident that may need a crew, with its orders so far."""

    incident_id: int
    site: Site
    level: Level
    opened_at: datetime
    orders: tuple[PastOrder, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether nobody is on it who should be.

        A finished order answers its incident, unless the water has risen above the level that the order was for.
        """
        answered = (order for order in self.orders if order.state is OrderState.DONE and order.level >= self.level)
        is_served = any(order.state.is_active for order in self.orders) or any(answered)
        return self.level > Level.NORMAL and not is_served

    @property
    def not_again(self) -> frozenset[str]:
        """Teams that declined, or were recalled from it: the next is asked instead."""
        ended = (OrderState.DECLINED, OrderState.RECALLED)
        return frozenset(order.team_id for order in self.orders if order.state in ended)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """That a team goes to an incident, and why."""

    call: Call
    team: Team
    reason: OrderReason


def propose(calls: Iterable[Call], teams: Iterable[Team]) -> tuple[list[Proposal], list[Call]]:
    """Crews for all incidents that wait for one, the worst and then the oldest first.

    A team is suitable with at least one of the skills that the incident asks for. Teams without a position come last;
    those with most of the skills come first, then the nearest; what is still equal is decided by the team's id.

    Returns:
        The proposals, and the incidents for which no suitable team is free.
    """
    free = {team.team_id: team for team in teams if team.state is TeamState.FREE}
    proposals, unmet = [], []
    waiting = (call for call in calls if call.is_waiting)
    for call in sorted(waiting, key=lambda call: (-call.level, call.opened_at, call.incident_id)):
        asked = need_of(call.site.kind, call.level).skills
        suitable = [team for team in free.values() if team.skills & asked and team.team_id not in call.not_again]
        if not suitable:
            unmet.append(call)
            continue
        team = min(suitable, key=lambda team: _rank(team, asked, call.site.place))
        del free[team.team_id]
        proposals.append(Proposal(call=call, team=team, reason=reason_for(team, asked, call.site)))
    return proposals, unmet


def reason_for(team: Team, asked: frozenset[Skill], site: Site) -> OrderReason:
    """Why this team, in one sentence of each language, saying also what it lacks and what is not known."""
    distance = _distance(team, site.place)
    able, missing = sorted(team.skills & asked), sorted(asked - team.skills)
    zh = f"{team.name}具备{'、'.join(SKILL_ZH[skill] for skill in able)}能力"
    en = f"{team.name_en or team.name} can {' and '.join(SKILL_EN[skill] for skill in able)}"
    if missing:
        zh += f"（缺{'、'.join(SKILL_ZH[skill] for skill in missing)}）"
        en += f" (but not {' or '.join(SKILL_EN[skill] for skill in missing)})"
    if distance is None:
        zh += "，位置未知，距离无法估算"
        en += "; its distance is unknown because a position is missing"
        return OrderReason(zh=zh, en=en, distance_m=None, travel_s=None)
    travel_s = distance / TRAVEL_M_S
    minutes = max(1, round(travel_s / 60))
    zh += f"，距{site.name}直线 {distance / 1000:.1f} 公里，估计 {minutes} 分钟到达"
    en += f"; {distance / 1000:.1f} km from {site.name_en or site.name} as the crow flies, about {minutes} min"
    return OrderReason(zh=zh, en=en, distance_m=round(distance, 1), travel_s=round(travel_s, 1))


def _rank(team: Team, asked: frozenset[Skill], place: Place | None) -> tuple[bool, int, float, str]:
    distance = _distance(team, place)
    return (distance is None, len(asked - team.skills), distance or 0.0, team.team_id)


def _distance(team: Team, place: Place | None) -> float | None:
    return distance_m(team.place, place) if team.place and place else None
