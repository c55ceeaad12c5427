"""Incidents, alarms, orders and teams as clients see them."""

from collections.abc import Mapping
from typing import Any

from dashboard_api.live.objects import Alarm, Incident, Order, Reading, Reason, Site, Team
from floodcore.domain.team import Team as RegisteredTeam

Row = Mapping[str, Any]

_ORDER_TIMES = (
    "proposed_at",
    "confirmed_at",
    "sent_at",
    "acknowledged_at",
    "en_route_at",
    "on_scene_at",
    "done_at",
    "ended_at",
)


def incident_object(row: Row) -> Incident:
    """From the columns of incident."""
    return Incident(
        site_id=row["site_id"],
        kind=row["kind"],
        state="closed" if row["closed_at"] else "open",
        level=row["level"],
        peak_level=row["peak_level"],
        depth_m=row["depth_m"],
        peak_depth_m=row["peak_depth_m"],
        opened_at=row["opened_at"],
        level_since=row["level_since"],
        closed_at=row["closed_at"],
    )


def alarm_object(row: Row, rate_mm_min: float | None) -> Alarm:
    """The alarm of an incident, from its columns.

    An alarm that returned unseen keeps the worst level it called for: who comes late must see what it was.
    """
    return Alarm(
        site_id=row["site_id"],
        level=row["peak_level"] if row["closed_at"] else row["level"],
        state=row["alarm"],
        raised_at=row["opened_at"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        rate_mm_min=rate_mm_min,
    )


def rate_at(site: Site | None, readings: Mapping[str, Reading]) -> float | None:
    """The fastest rise at a site, mm/min; None where no sensor tells."""
    sensors = site.sensors if site else ()
    found = [readings[sensor.sensor_id].rate_mm_min for sensor in sensors if sensor.sensor_id in readings]
    return max((rate for rate in found if rate is not None), default=None)


def order_object(row: Row) -> Order:
    """From the columns of dispatch_order."""
    return Order(
        incident_id=str(row["incident_id"]),
        site_id=row["site_id"],
        team_id=row["team_id"],
        level=row["level"],
        state=row["state"],
        reason=Reason(**{name: row["reason"].get(name) for name in Reason.__struct_fields__}),
        confirmed_by=row["confirmed_by"],
        version=row["version"],
        alert=row["alert"],
        **{name: row[name] for name in _ORDER_TIMES},
    )


def team_object(team: RegisteredTeam) -> Team:
    """From the register and the team's active order."""
    return Team(
        name=team.name,
        name_en=team.name_en,
        people=team.people,
        skills=tuple(sorted(team.skills)),
        pump_m3_h=team.pump_m3_h,
        lon=team.place.lon if team.place else None,
        lat=team.place.lat if team.place else None,
        position_at=team.position_at,
        state=team.state.value,
        order_id=None if team.order_id is None else str(team.order_id),
        constructed=team.constructed,
    )
