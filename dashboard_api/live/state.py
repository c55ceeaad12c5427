"""The room as it is known: topics, each with objects by id; and what has changed between two moments."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from dashboard_api.live.objects import Alarm, Forecast, Health, Incident, Order, Reading, Site, Team


class Topic(StrEnum):
    """The ten topics of the live channel."""

    SITES = "sites"
    READINGS = "readings"
    FORECASTS = "forecasts"
    INCIDENTS = "incidents"
    ORDERS = "orders"
    TEAMS = "teams"
    POSTS = "posts"
    LEVELS = "levels"
    ALARMS = "alarms"
    HEALTH = "health"


Objects = Mapping[str, Struct]
Changes = dict[str, dict[str, Struct | None]]  # None: the object is gone


class State:
    """Objects by id, one dict a topic. An object is never changed, only replaced."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}
        self.readings: dict[str, Reading] = {}
        self.forecasts: dict[str, Forecast] = {}
        self.incidents: dict[str, Incident] = {}
        self.orders: dict[str, Order] = {}
        self.teams: dict[str, Team] = {}
        self.posts: dict[str, Struct] = {}
        self.levels: dict[str, Struct] = {}
        self.alarms: dict[str, Alarm] = {}
        self.health: dict[str, Health] = {}

    def topic(self, topic: str) -> dict[str, Struct]:
        """One topic's objects by id."""
        objects: dict[str, Struct] = getattr(self, topic)
        return objects

    def topics(self) -> dict[str, dict[str, Struct]]:
        """All ten."""
        return {topic: self.topic(topic) for topic in Topic}

    def apply(self, changes: Changes) -> None:
        """Replace, add and remove objects."""
        for topic, objects in changes.items():
            mine = self.topic(topic)
            for key, value in objects.items():
                if value is None:
                    mine.pop(key, None)
                else:
                    mine[key] = value


def difference(before: Objects, after: Objects) -> dict[str, Struct | None]:
    """What turns one topic's objects into others; an empty dict where nothing has changed."""
    changed: dict[str, Struct | None] = {
        key: value for key, value in after.items() if before.get(key) is not value and before.get(key) != value
    }
    return changed | dict.fromkeys(before.keys() - after.keys())


def as_of(state: State) -> dict[str, datetime]:
    """The time of each topic's newest datum; a topic that has none is missing.

    The register of sites carries no times; it is what it is.
    """
    moments: dict[str, list[datetime | None]] = {
        Topic.READINGS: [one.observed_at for one in state.readings.values()],
        Topic.FORECASTS: [one.issue_time for one in state.forecasts.values()],
        Topic.INCIDENTS: [*chain.from_iterable((i.level_since, i.closed_at) for i in state.incidents.values())],
        Topic.ALARMS: [*chain.from_iterable((a.raised_at, a.acknowledged_at) for a in state.alarms.values())],
        Topic.ORDERS: [*chain.from_iterable(_order_times(order) for order in state.orders.values())],
        Topic.TEAMS: [one.position_at for one in state.teams.values()],
        Topic.HEALTH: [one.at for one in state.health.values()],
    }
    known = {topic: [at for at in times if at] for topic, times in moments.items()}
    return {str(topic): max(times) for topic, times in known.items() if times}


def _order_times(order: Order) -> tuple[datetime | None, ...]:
    return (
        order.proposed_at,
        order.confirmed_at,
        order.sent_at,
        order.acknowledged_at,
        order.en_route_at,
        order.on_scene_at,
        order.done_at,
        order.ended_at,
    )
