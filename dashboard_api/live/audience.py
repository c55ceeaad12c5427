"""Who sees what: the staff all of the room, a crew what its own orders need."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from dashboard_api.live.state import State, Topic

Audience = str | None  # a team's id, or None for everybody who sees all of the room
STAFF: Audience = None
View = dict[str, dict[str, Struct]]


def view_of(state: State, audience: Audience) -> View:
    """What an audience sees; the staff's is the state itself, and follows it.

    A crew sees its orders and its team, and of their sites and incidents what stands on the orders' cards.
    """
    return state.topics() if audience is None else _crew(state, audience)


def _crew(state: State, team_id: str) -> View:
    orders = {key: order for key, order in state.orders.items() if order.team_id == team_id}
    sites = {order.site_id: state.sites[order.site_id] for order in orders.values() if order.site_id in state.sites}
    sensors = [sensor.sensor_id for site in sites.values() for sensor in site.sensors]
    incidents = {order.incident_id for order in orders.values()}
    view: View = {topic: {} for topic in Topic}
    view[Topic.ORDERS].update(orders)
    view[Topic.SITES].update(sites)
    view[Topic.TEAMS].update(_of(state.teams, [team_id]))
    view[Topic.INCIDENTS].update(_of(state.incidents, incidents))
    view[Topic.READINGS].update(_of(state.readings, sensors))
    view[Topic.FORECASTS].update(_of(state.forecasts, sites))
    return view


def _of(objects: Mapping[str, Struct], keys: Iterable[str]) -> dict[str, Struct]:
    return {key: objects[key] for key in keys if key in objects}
