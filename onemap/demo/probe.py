"""A wall without a screen: it follows the live channel and measures how long a reading is on its way there."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

import httpx
import numpy as np
import websockets

from floodcore.clock import Clock

COOKIE = "onemap_session"
AGAIN_AFTER_S = 0.5


async def sign_in(address: str, user: str, password: str) -> str:
    """A session's token.

    Raises:
        httpx.HTTPError: The API does not answer, or not with a session.
    """
    async with httpx.AsyncClient(base_url=address, timeout=10) as http:
        answer = await http.post(
            "/api/v1/session",
            json={"user": user, "password": password},
            headers={"Origin": address.rstrip("/")},
        )
        answer.raise_for_status()
        return answer.cookies[COOKIE]


@dataclass
class Probe:
    """Signs in as a viewer and notes, for every reading it is shown, its age in real seconds.

    The age counts from the moment at which the sensor observed, on the room's clock, to the moment at which the
    reading arrives here: publishing, broker, transaction, the API's tick and the socket are all in it. Where a sensor
    observes twice within one tick of the live channel, the newer reading is the one that counts.
    """

    address: str
    user: str
    password: str
    clock: Clock
    seconds: list[float] = field(default_factory=list)
    _seen: dict[str, str] = field(default_factory=dict)

    async def follow(self) -> None:
        """Follow until cancelled; reconnects by itself, as a wall does."""
        while True:
            with contextlib.suppress(OSError, httpx.HTTPError, websockets.WebSocketException):
                await self._follow_once()
            await asyncio.sleep(AGAIN_AFTER_S)

    def percentiles(self) -> dict[str, float | None]:
        """Median and 95th percentile in real seconds; None when nothing was seen."""
        if not self.seconds:
            return {"p50": None, "p95": None}
        p50, p95 = np.percentile(self.seconds, (50, 95))
        return {"p50": round(float(p50), 3), "p95": round(float(p95), 3)}

    async def _follow_once(self) -> None:
        await self.follow_with(await sign_in(self.address, self.user, self.password))

    async def follow_with(self, token: str) -> None:
        """Follow once with a session of somebody's; ends when the connection does."""
        channel = self.address.replace("http", "ws", 1).rstrip("/") + "/api/v1/live"
        headers = {"Cookie": f"{COOKIE}={token}"}
        async with websockets.connect(
            channel, additional_headers=headers, origin=websockets.Origin(self.address.rstrip("/")), max_size=None
        ) as socket:
            async for text in socket:
                self.note(json.loads(text))

    def note(self, message: dict[str, Any]) -> None:
        """Take a message of the live channel, which arrives now."""
        if message.get("type") == "snapshot":  # what was there before we came has no time of arrival
            self._seen |= {key: reading["observed_at"] for key, reading in message["state"]["readings"].items()}
        elif message.get("type") == "delta":
            for key, reading in message["changes"].get("readings", {}).items():
                if reading and self._seen.get(key) != reading["observed_at"]:
                    self._seen[key] = reading["observed_at"]
                    age_s = -self.clock.seconds_until(datetime.fromisoformat(reading["observed_at"]))
                    if isfinite(age_s):  # a clock that has stood since before has never shown that moment
                        self.seconds.append(age_s)
