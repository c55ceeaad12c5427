"""What lists hold: a topic's objects with their ids, and what only HTTP shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

from msgspec import Struct

from dashboard_api.live.affairs import alarm_object, incident_object, order_object, rate_at
from dashboard_api.live.messages import User
from dashboard_api.live.objects import Alarm, Forecast, Incident, Order, QualityName, Site, Team
from dashboard_api.live.state import State

Row = Mapping[str, Any]
Item = TypeVar("Item", bound=Struct)


class WhoAmI(Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    user: User


class SiteItem(Site, frozen=True, kw_only=True):
    """A site with its id."""

    site_id: str


class TeamItem(Team, frozen=True, kw_only=True):
    """A team with its id."""

    team_id: str


class IncidentItem(Incident, frozen=True, kw_only=True):
    """An incident with its id and its alarm."""

    incident_id: str
    alarm: Alarm


class OrderItem(Order, frozen=True, kw_only=True):
    """An order with its id."""

    order_id: str


class ReadingItem(Struct, frozen=True, kw_only=True):
    """One reading of a site; sensors that stand side by side are told apart by their id."""

    sensor_id: str
    observed_at: datetime
    received_at: datetime
    value: float
    raw: float | None
    quality: QualityName
    flags: tuple[str, ...]


class RollupItem(Struct, frozen=True, kw_only=True):
    """The readings of one sensor from `begins` on, summed up; bad ones are counted and nothing else.

    The figures are in the quantity's unit; `sum` is that of rain alone, whose readings are amounts.
    """

    sensor_id: str
    begins: datetime
    count: int
    bad: int
    mean: float
    min: float
    max: float
    last: float
    sum: float | None


class ForecastItem(Forecast, frozen=True, kw_only=True):
    """What one run says about a site."""

    site_id: str


class RunItem(Struct, frozen=True, kw_only=True):
    """A forecast run, and of how many sites it speaks."""

    run_id: str
    issue_time: datetime
    created_at: datetime
    produced_by: str
    sites: int


class QuarantineItem(Struct, frozen=True, kw_only=True):
    """A message that could not be read; `beginning` is that of its payload, what cannot be printed escaped."""

    quarantine_id: str
    received_at: datetime
    topic: str
    content_type: str | None
    reason: str
    detail: str
    records: int
    seen: int
    size_bytes: int
    beginning: str


class Position(Struct, frozen=True, kw_only=True):
    """Whether a position was the newest, and so was kept."""

    team_id: str
    is_newest: bool


class LayerItem(Struct, frozen=True, kw_only=True):
    """One map layer that can be had."""

    layer: str
    is_own: bool  # the deployer's; the others are the product's


class LayerList(Struct, frozen=True, kw_only=True):
    """All of them."""

    items: list[LayerItem]


class FeatureCollection(Struct, frozen=True, kw_only=True):
    """GeoJSON (RFC 7946)."""

    features: list[dict[str, Any]]
    type: Literal["FeatureCollection"] = "FeatureCollection"


def with_id(kind: type[Item], topic_object: Struct, **more: object) -> Item:
    """A topic's object as an item of this kind, which has more fields than the object."""
    return kind(**{name: getattr(topic_object, name) for name in topic_object.__struct_fields__}, **more)


def incident_item(row: Row, state: State) -> IncidentItem:
    """From the columns of incident; the alarm's rate is that of now."""
    rate = rate_at(state.sites.get(row["site_id"]), state.readings)
    return with_id(
        IncidentItem, incident_object(row), incident_id=str(row["incident_id"]), alarm=alarm_object(row, rate)
    )


def order_item(row: Row) -> OrderItem:
    """From the columns of dispatch_order."""
    return with_id(OrderItem, order_object(row), order_id=str(row["order_id"]))
