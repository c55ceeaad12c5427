"""What a simulated crew does next. All of its times and speeds are constructed; nothing here was measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from floodcore.domain.geo import distance_m
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place

DETOUR = 1.3  # road over straight line; about what studies of cities report
WORK_AT_LEAST = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Temper:
    """How one crew takes one order.

    Attributes:
        accept_after: From the alert to 收到.
        depart_after: From 收到 to 出发.
        speed_m_s: On the road, in rain.
        work_at_most: On the scene, if the water does not go.
    """

    accept_after: timedelta
    depart_after: timedelta
    speed_m_s: float
    work_at_most: timedelta


@dataclass(frozen=True, kw_only=True)
class Fix:
    """Where a crew was at a moment."""

    place: Place
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Task:
    """An order as its crew sees it.

    Attributes:
        since: When it came into its present state.
        site: Where to, if that is known.
        travel: How long the way takes, for a crew that does not know where it is or where to.
        water_is_gone: Whether the incident is closed.
    """

    order_id: str
    state: OrderState
    since: datetime
    site: Place | None
    travel: timedelta
    water_is_gone: bool


def temper(seed: int, team_id: str, order_id: str) -> Temper:
    """How this crew takes this order; the same for the same seed."""
    random = Random(f"{seed}/{team_id}/{order_id}")  # noqa: S311 - a simulation, no secret
    return Temper(
        accept_after=timedelta(seconds=random.uniform(20, 90)),
        depart_after=timedelta(seconds=random.uniform(60, 240)),
        speed_m_s=25 / 3.6 * random.uniform(0.8, 1.2),  # 25 km/h, less or more
        work_at_most=timedelta(minutes=random.uniform(90, 180)),
    )


def next_step(task: Task, how: Temper, fix: Fix | None, now: datetime) -> Step | None:
    """The step that the crew takes now, or None while it goes on with what it does."""
    waited = now - task.since
    match task.state:
        case OrderState.CONFIRMED | OrderState.SENT:
            return Step.ACKNOWLEDGE if waited >= how.accept_after else None
        case OrderState.ACKNOWLEDGED:
            return Step.DEPART if waited >= how.depart_after else None
        case OrderState.EN_ROUTE:
            return Step.ARRIVE if _has_arrived(task, how, fix, now) else None
        case OrderState.ON_SCENE:
            gone = task.water_is_gone and waited >= WORK_AT_LEAST
            return Step.FINISH if gone or waited >= how.work_at_most else None
        case _:
            return None


def moved(task: Task, how: Temper, fix: Fix, now: datetime) -> Fix:
    """Where the crew is now: on its way along the straight line, slower by the detour; elsewhere where it was."""
    if task.state is not OrderState.EN_ROUTE or task.site is None:
        return fix
    left = distance_m(fix.place, task.site)
    share = min(1.0, _covered_m(task, how, fix, now) / left) if left else 1.0
    place = Place(
        lon=fix.place.lon + share * (task.site.lon - fix.place.lon),
        lat=fix.place.lat + share * (task.site.lat - fix.place.lat),
    )
    return Fix(place=place, at=now)


def _has_arrived(task: Task, how: Temper, fix: Fix | None, now: datetime) -> bool:
    if fix is None or task.site is None:
        return now - task.since >= task.travel
    return _covered_m(task, how, fix, now) >= distance_m(fix.place, task.site)


def _covered_m(task: Task, how: Temper, fix: Fix, now: datetime) -> float:
    """Metres along the straight line since the last fix, or since the crew set out."""
    return (now - max(fix.at, task.since)).total_seconds() * how.speed_m_s / DETOUR
