"""The simulated city under a crew's feet: its water as they see it, and the roads that they drive."""

import asyncio
import logging
import time
from collections.abc import Mapping

from floodcore.domain.site import Place
from simulators.people.road_map import RoadMap
from simulators.people.world_door import DoorAway, WorldDoor

log = logging.getLogger(__name__)
NOWHERE: Mapping[str, Place] = {}
FRESH_FOR_S = 1.0  # real; the water changes once a minute of the room's, and all crews see the same
CLOSURES_EVERY = 5  # looks at the water: the door's state is long where gauges are many


class Ground:
    """What crews see of the world; one for all of them.

    Args:
        door: The world's.
        roads: The city's, where they are known.
        places: Of the city's sites.
        teams: Whose barriers let a crew through; what anybody else has closed is blocked.
    """

    def __init__(
        self,
        door: WorldDoor,
        roads: RoadMap | None,
        *,
        places: Mapping[str, Place] = NOWHERE,
        teams: frozenset[str] = frozenset(),
    ) -> None:
        self.door, self.roads = door, roads
        self._places, self._teams = places, teams
        self._road_m: dict[str, float] = {}
        self._looked = self._looked_at_closures = float("-inf")
        self._turn = asyncio.Lock()
        self._is_away = False

    def depth_m(self, site_id: str) -> float:
        """Water over the road at a place, when it was last seen."""
        return self._road_m.get(site_id, 0.0)

    async def look(self) -> None:
        """See the water, if that was not done just now; where the world does not answer, it is as it was."""
        async with self._turn:
            if time.monotonic() - self._looked < FRESH_FOR_S:
                return
            try:
                self._road_m = (await self.door.water()).road_m
                if self.roads:
                    await self._look_at_roads(self.roads)
                self._is_away = False
            except DoorAway as error:
                if not self._is_away:
                    log.warning("%s", error)
                self._is_away = True
            self._looked = time.monotonic()

    async def _look_at_roads(self, roads: RoadMap) -> None:
        roads.flood(await self.door.road_water())
        if time.monotonic() - self._looked_at_closures < CLOSURES_EVERY * FRESH_FOR_S:
            return
        self._looked_at_closures = time.monotonic()
        closed = await self.door.closed()
        blocked = (site_id for site_id, by in closed.items() if by not in self._teams)
        roads.block(self._places[site_id] for site_id in blocked if site_id in self._places)
