"""The simulated world as people meet it: they see its water, pump, and close roads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import msgspec
import numpy as np

from floodcore.errors import OneMapError, SettingsError
from simulators.people.vehicles import FloatArray

TIMEOUT_S = 10.0  # a step of a large city may take some seconds, and the door waits for it


class DoorAway(OneMapError):
    """The world does not answer now; the same request may succeed later."""

    retryable = True


class _Water(msgspec.Struct, frozen=True):
    at: datetime
    road_m: dict[str, float]


class _RoadWater(msgspec.Struct, frozen=True):
    at: datetime
    node_m: list[float]


class _State(msgspec.Struct, frozen=True):
    closed: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Water as whoever stands there sees it: over the road in m by site, at a moment."""

    at: datetime
    road_m: dict[str, float]


class WorldDoor:
    """A client of the world's door; used as `async with WorldDoor(...) as door`.

    Args:
        address: Such as http://127.0.0.1:9000.
        token: What opens it.
    """

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=address, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    async def __aenter__(self) -> "WorldDoor":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def water(self) -> Seen:
        """The water at every watched place.

        Raises:
            DoorAway: No answer now.
        """
        found = await self._get("/water", _Water)
        return Seen(at=found.at, road_m=found.road_m)

    async def road_water(self) -> FloatArray:
        """The water over the road in m at every node of all parts in order, shape (n_nodes,).

        Raises:
            DoorAway: No answer now.
        """
        return np.array((await self._get("/water/roads", _RoadWater)).node_m, dtype=np.float64)

    async def closed(self) -> dict[str, str]:
        """Who has closed the road, by site.

        Raises:
            DoorAway: No answer now.
        """
        found: dict[str, str] = (await self._get("/state", _State)).closed
        return found

    async def pump(self, site_id: str, team_id: str, m3_h: float) -> bool:
        """A team pumps there from now on; 0 stops it. Whether the world takes it.

        Raises:
            DoorAway: No answer now; tell it again.
        """
        return await self._post("/pumps", {"site_id": site_id, "team_id": team_id, "m3_h": m3_h})

    async def close_road(self, site_id: str, team_id: str, *, closed: bool) -> bool:
        """A team closes the road there, or opens it. Whether the world takes it.

        Raises:
            DoorAway: No answer now; tell it again.
        """
        return await self._post("/closures", {"site_id": site_id, "team_id": team_id, "closed": closed})

    async def _get(self, path: str, kind: type[Any]) -> Any:
        answer = await self._ask("GET", path)
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise DoorAway(f"The world's door answers {path} with something else ({error}); trying again.") from error

    async def _post(self, path: str, body: dict[str, Any]) -> bool:
        return (await self._ask("POST", path, json=body)).is_success

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise DoorAway(f"The world's door does not answer ({type(error).__name__}); trying again.") from error
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise SettingsError("The world's door does not know this token; name the file that the world was given.")
        if answer.is_server_error or (method == "GET" and not answer.is_success):
            raise DoorAway(f"The world's door is not able now (status {answer.status_code}); trying again.")
        return answer
