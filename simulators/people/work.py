"""What a team does to the world where it works: it pumps, and it closes the road."""

import logging

from simulators.people.world_door import DoorAway, WorldDoor

log = logging.getLogger(__name__)
OPENS_BELOW_M = 0.15  # a road with less water is opened by who leaves it; one lane counts as open up to here (GB 50014)
STEPS = 20  # a pump's rate is told anew when it has changed by one of so many parts of it


class Work:
    """One team's pump and barriers. The world is told of a change once, and again only where it did not answer.

    Args:
        door: The world's.
        team_id: Whose.
        pump_m3_h: What its pump moves when its people are fresh; 0 where it has none.
        closes: Whether it closes roads.
    """

    def __init__(self, door: WorldDoor, team_id: str, pump_m3_h: float, *, closes: bool) -> None:
        self._door, self._team_id, self._pump_m3_h, self._closes = door, team_id, pump_m3_h, closes
        self._pumps: tuple[str, float] | None = None
        self._closed: str | None = None
        self._is_away = False

    @property
    def site_id(self) -> str | None:
        """Where it pumps, or has closed the road."""
        return self._pumps[0] if self._pumps else self._closed

    async def at(self, site_id: str, vigour: float = 1.0) -> None:
        """The team works at a place.

        Args:
            site_id: Where.
            vigour: How much it does, of what it does when fresh.
        """
        if self.site_id not in (None, site_id):
            await self.leave()
        m3_h = round(vigour * STEPS) / STEPS * self._pump_m3_h
        try:
            if m3_h and self._pumps != (site_id, m3_h):
                await self._pump(site_id, m3_h)
            if self._closes and self._closed != site_id:
                await self._door.close_road(site_id, self._team_id, closed=True)
                self._closed = site_id
            self._is_away = False
        except DoorAway as error:
            self._note(error)

    async def leave(self, depth_m: float = 0.0) -> None:
        """The team goes: its pump stops; its barriers stay where the road is still under water.

        Args:
            depth_m: Over the road.
        """
        try:
            if self._pumps:
                await self._door.pump(self._pumps[0], self._team_id, 0.0)
                self._pumps = None
            if self._closed and depth_m < OPENS_BELOW_M:
                await self._door.close_road(self._closed, self._team_id, closed=False)
            self._closed, self._is_away = None, False
        except DoorAway as error:
            self._note(error)

    def _note(self, error: DoorAway) -> None:
        if not self._is_away:
            log.warning("%s: %s", self._team_id, error)
        self._is_away = True

    async def _pump(self, site_id: str, m3_h: float) -> None:
        if not await self._door.pump(site_id, self._team_id, m3_h):
            log.warning("%s: the world takes no pump at %s", self._team_id, site_id)
        self._pumps = site_id, m3_h
