"""What a simulated crew does next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from floodcore.domain.geo import distance_m
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place
from simulators.people.habits import Temper

DETOUR = 1.3  # road over straight line; about what studies of cities report
WORK_AT_LEAST = timedelta(minutes=10)


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
        is_there: Whether the crew has come to the end of its way by road; None where it goes straight.
    """

    order_id: str
    state: OrderState
    since: datetime
    site: Place | None
    travel: timedelta
    water_is_gone: bool
    is_there: bool | None = None


def next_step(task: Task, how: Temper, fix: Fix | None, now: datetime) -> Step | None:
    """The step that the crew takes now, or None while it goes on with what it does."""
    waited = now - task.since
    match task.state:
        case OrderState.CONFIRMED | OrderState.SENT if waited >= how.accept_after:
            return Step.DECLINE if how.refuses else Step.ACKNOWLEDGE
        case OrderState.ACKNOWLEDGED if waited >= how.depart_after:
            return Step.DEPART
        case OrderState.EN_ROUTE if _has_arrived(task, how, fix, now):
            return Step.ARRIVE
        case OrderState.ON_SCENE if waited >= (WORK_AT_LEAST if task.water_is_gone else how.work_at_most):
            return Step.FINISH
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
    if task.is_there is not None:
        return task.is_there
    if fix is None or task.site is None:
        return now - task.since >= task.travel
    return _covered_m(task, how, fix, now) >= distance_m(fix.place, task.site)


def _covered_m(task: Task, how: Temper, fix: Fix, now: datetime) -> float:
    """Metres along the straight line since the last fix, or since the crew set out."""
    return (now - max(fix.at, task.since)).total_seconds() * how.speed_m_s / DETOUR
