"""The simulated city under a crew's feet: its water as they see it, and the roads that they drive."""

import asyncio
import logging
import time

from simulators.people.road_map import RoadMap
from simulators.people.world_door import DoorAway, WorldDoor

log = logging.getLogger(__name__)
FRESH_FOR_S = 1.0  # real; the water changes once a minute of the room's, and all crews see the same


class Ground:
    """What crews see of the world; one for all of them.

    Args:
        door: The world's.
        roads: The city's, where they are known.
    """

    def __init__(self, door: WorldDoor, roads: RoadMap | None) -> None:
        self.door, self.roads = door, roads
        self._road_m: dict[str, float] = {}
        self._looked = float("-inf")
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
                    self.roads.flood(await self.door.road_water())
                self._is_away = False
            except DoorAway as error:
                if not self._is_away:
                    log.warning("%s", error)
                self._is_away = True
            self._looked = time.monotonic()
