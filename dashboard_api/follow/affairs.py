"""Incidents, alarms, orders and teams, as they are loaded and kept."""

from datetime import timedelta
from typing import Any

from dashboard_api.live.affairs import alarm_object, incident_object, order_object, rate_at, team_object
from dashboard_api.live.objects import Alarm
from dashboard_api.live.state import Objects, State, Topic
from floodcore.clock import Clock
from floodcore.store import teams
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("live", "dashboard_api")
SHOWN_FOR = timedelta(hours=1)  # after its end, as docs/reference/live.md promises


class Affairs:
    """What the room deals with. All of it is read each time: it is little, and it belongs together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._incidents: list[dict[str, Any]] = []

    async def load(self, connection: Connection) -> dict[Topic, Objects]:
        """The topics `incidents`, `orders` and `teams`."""
        since = {"since": self._clock.now() - SHOWN_FOR}
        self._incidents = await fetch_all(connection, SQL["incidents"], since)
        orders = await fetch_all(connection, SQL["orders"], since)
        return {
            Topic.INCIDENTS: {str(row["incident_id"]): incident_object(row) for row in self._incidents},
            Topic.ORDERS: {str(row["order_id"]): order_object(row) for row in orders},
            Topic.TEAMS: {team.team_id: team_object(team) for team in await teams.teams(connection)},
        }

    def alarms(self, state: State) -> dict[str, Alarm]:
        """The topic `alarms`: its rates come from the readings."""
        return {
            str(row["incident_id"]): alarm_object(row, rate_at(state.sites.get(row["site_id"]), state.readings))
            for row in self._incidents
        }
