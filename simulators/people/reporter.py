"""Somebody tells the room what people saw: each report once, in order, again where the API was away."""

import logging
from collections import deque
from typing import Any

from simulators.field_api import FieldApi

log = logging.getLogger(__name__)
MOST_WAITING = 500  # while the API is away; beyond it the oldest is lost, as a caller who is kept waiting hangs up
AT_ONCE = 20  # reports a look; a desk has so many hands


class Reporter:
    """Keeps what is to be told until it is.

    Attributes:
        lost: How many were never told.
    """

    def __init__(self, api: FieldApi) -> None:
        self._api = api
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self.lost = 0

    def say(self, key: str, body: dict[str, Any]) -> None:
        """Have it told.

        Args:
            key: The same for every attempt, and of this report alone.
            body: As `POST /api/v1/reports` takes it.
        """
        if len(self._waiting) == MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append((key, body))

    async def tell(self) -> int:
        """Tell what waits, some of it; how much of it was taken.

        Raises:
            ApiAway: The API does not answer; the rest goes on waiting.
        """
        taken = 0
        for _ in range(min(AT_ONCE, len(self._waiting))):
            key, body = self._waiting[0]
            status = await self._api.post("/reports", body, key)
            self._waiting.popleft()
            if status == 200:
                taken += 1
            else:
                self.lost += 1
                log.warning("report %s: not taken (%s)", key, status)
        return taken
