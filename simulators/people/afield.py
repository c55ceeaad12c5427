"""A team in the simulated city: it drives the flooded roads, works on the water, tires, and tells what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from floodcore.domain.order import OrderState
from floodcore.domain.site import Place
from floodcore.domain.team import Skill
from simulators.people import crew_reports
from simulators.people.crew import Fix, Task
from simulators.people.drive import Drive, Going, drive_on, set_out
from simulators.people.ground import Ground
from simulators.people.habits import WANTS_RELIEF, Duty, Temper, pace
from simulators.people.reporter import Reporter
from simulators.people.road_map import RoadMap
from simulators.people.vehicles import Vehicle, vehicle_of
from simulators.people.work import Work

WAITS = frozenset({OrderState.CONFIRMED, OrderState.SENT})  # for the crew's word


@dataclass(frozen=True, kw_only=True)
class Team:
    """What a team has, as the API tells it."""

    team_id: str
    skills: frozenset[str]
    pump_m3_h: float

    @classmethod
    def told(cls, team_id: str, item: Mapping[str, Any]) -> "Team":
        """From the API's answer."""
        return cls(team_id=team_id, skills=frozenset(item["skills"]), pump_m3_h=item["pump_m3_h"])


class Afield:
    """One team in the world.

    Args:
        team: What it has.
        ground: What it sees.
        reporter: Through whom it tells the room.
        seed: The same seed, the same team.
    """

    def __init__(self, team: Team, ground: Ground, reporter: Reporter, seed: int) -> None:
        self._team, self._ground, self._reporter = team, ground, reporter
        self._vehicle: Vehicle = vehicle_of(team.skills, team.pump_m3_h)
        self._pace = pace(seed, team.team_id)
        closes = Skill.CLOSE_ROAD in team.skills
        self._work = Work(ground.door, team.team_id, team.pump_m3_h, closes=closes)
        self._drive: Drive | None = None
        self._duty: Duty | None = None
        self._told: set[str] = set()

    def tempered(self, how: Temper, task: Task, now: datetime) -> Temper:
        """How it takes an order after the work that it has done: slower, and after its shift not at all."""
        if self._duty is None:
            return how
        if task.state in WAITS and self._duty.is_over(now):
            return replace(how, refuses=WANTS_RELIEF)
        vigour = self._duty.vigour()
        return replace(how, accept_after=how.accept_after / vigour, depart_after=how.depart_after / vigour)

    async def attend(self, task: Task, site_id: str, fix: Fix | None, now: datetime) -> tuple[Task, Fix | None]:
        """Go on with an order in the world: the order and where the team is, as they are after it."""
        if task.state in WAITS:
            await self.stand_by()
            return task, fix
        self._duty = self._duty.on(now) if self._duty else Duty(since=now, until=now)
        if task.state is OrderState.EN_ROUTE:
            return self._travel(task, fix, now)
        self._drive = None
        if task.state is OrderState.ON_SCENE:
            await self._work.at(site_id, self._duty.vigour())
            self._tell_on_scene(task, site_id, fix, now)
        return task, fix

    async def stand_by(self) -> None:
        """Nothing is to be done, or no more."""
        self._drive = None
        if self._work.site_id:
            await self._work.leave(self._ground.depth_m(self._work.site_id))

    def _travel(self, task: Task, fix: Fix | None, now: datetime) -> tuple[Task, Fix | None]:
        roads = self._ground.roads
        if roads is None or fix is None or task.site is None:
            return task, fix  # straight on
        drive = self._driven(roads, task, task.site, fix, now)
        if drive is None or drive.going is Going.CUT_OFF:
            place = drive.place if drive else fix.place
            self._tell(f"{task.order_id}-cut-off", crew_reports.cut_off(place, now))
        elif drive.going is Going.STUCK:
            depth_m = roads.depth_m(drive.way.edges[drive.leg])
            self._tell(f"{task.order_id}-stuck", crew_reports.stuck(drive.place, depth_m, now))
        self._drive = drive
        is_there = drive is not None and drive.going is Going.THERE
        return replace(task, is_there=is_there), Fix(place=drive.place, at=now) if drive else fix

    def _driven(self, roads: RoadMap, task: Task, site: Place, fix: Fix, now: datetime) -> Drive | None:
        drive = self._drive
        if drive is None or drive.goal != site:
            since = max(fix.at, task.since)
            drive = set_out(roads, fix.place, site, self._vehicle, pace=self._pace, at=min(since, now))
        return drive and drive_on(drive, roads, now)

    def _tell_on_scene(self, task: Task, site_id: str, fix: Fix | None, now: datetime) -> None:
        place = task.site or (fix.place if fix else None)
        if place is None:
            return
        report = f"{task.order_id}-arrived"
        if report not in self._told:
            self._tell(report, crew_reports.arrived(place, site_id, self._ground.depth_m(site_id), now))
        if self._duty and self._duty.is_over(now):
            self._tell(f"tired-{self._duty.since:%Y%m%dT%H%M%S}", crew_reports.tired(place, now))

    def _tell(self, what: str, report: dict[str, Any]) -> None:
        """Once."""
        if what not in self._told:
            self._told.add(what)
            self._reporter.say(f"{self._team.team_id}-{what}", report)
