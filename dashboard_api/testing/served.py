"""The service as tests meet it: through a socket, with its parts at hand."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets
from pydantic import SecretStr

from dashboard_api import service
from dashboard_api.accounts import put_user
from dashboard_api.context import Context
from dashboard_api.roles import Role
from dashboard_api.sessions import COOKIE
from floodcore.settings import ClockSettings, DatabaseSettings, HttpSettings, MqttSettings, Settings

PATIENCE_S = 10.0
TEAM_OF = {"crew-T1": "T1", "crew-T2": "T2"}  # everybody else is called as their role


@dataclass(kw_only=True)
class Served:
    """A running service."""

    address: str
    context: Context
    _tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, user: str) -> str:
        """A session's token; the account is made on first use."""
        if user not in self._tokens:
            team_id = TEAM_OF.get(user)
            role = Role.CREW if team_id else Role(user)
            async with self.context.database.connection() as connection:
                await put_user(connection, user, secrets.token_hex(), role, team_id)
            self._tokens[user], _ = await self.context.sessions.open(user, role, team_id)
        return self._tokens[user]

    @asynccontextmanager
    async def http(self, user: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the API, signed in."""
        cookies = {COOKIE: await self.token(user)} if user else {}
        headers = {"Origin": self.address}
        async with httpx.AsyncClient(base_url=self.address, cookies=cookies, headers=headers, trust_env=False) as http:
            yield http

    @asynccontextmanager
    async def live(self, user: str = "viewer", query: str = "") -> AsyncIterator["Live"]:
        """A client of the live channel."""
        url = self.address.replace("http", "ws", 1) + "/api/v1/live" + query
        cookie = {"Cookie": f"{COOKIE}={await self.token(user)}"}
        origin = websockets.Origin(self.address)
        async with websockets.connect(
            url, additional_headers=cookie, origin=origin, max_size=None, proxy=None
        ) as socket:
            yield Live(socket)


class Live:
    """One connection to the live channel."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(PATIENCE_S):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def until(self, topic: str, key: str) -> dict[str, Any]:
        """The next delta that changes an object."""
        while True:
            message = await self.next()
            if message["type"] == "delta" and key in message["changes"].get(topic, {}):
                return message


@asynccontextmanager
async def served(
    settings: Settings, meanwhile: Callable[[Served], Awaitable[None]] | None = None
) -> AsyncIterator[Served]:
    """Run the service until the block ends; its state is loaded when the block begins.

    Args:
        settings: Of the service.
        meanwhile: Awaited while it listens and before its state is waited for.
    """
    stopping, made = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def run() -> None:
        with service.listening_socket(settings) as listener:
            port = listener.getsockname()[1]
            async with service.running(settings) as context:
                made.set_result(Served(address=f"http://127.0.0.1:{port}", context=context))
                await service.serve(context, listener, stopping)

    running = asyncio.create_task(run(), name="the service under test")
    try:
        await asyncio.wait({running, made}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE_S)
        if running.done():
            running.result()
        room: Served = made.result()
        if meanwhile:
            await meanwhile(room)
        await _ready(room)
        yield room
    finally:
        stopping.set()
        await running


def settings_for(database_url: str, mqtt_url: str, clock: ClockSettings | None = None) -> Settings:
    """Settings of a service on any free port."""
    return Settings(
        database=DatabaseSettings(url=SecretStr(database_url)),
        mqtt=MqttSettings(url=SecretStr(mqtt_url)),
        http=HttpSettings.model_construct(host="127.0.0.1", port=0),
        clock=clock or ClockSettings(),
    )


async def _ready(room: Served) -> None:
    async with asyncio.timeout(PATIENCE_S), room.http() as http:
        while (await http.get("/readyz")).is_error:  # noqa: ASYNC110 - seen from outside, as the supervisor sees it
            await asyncio.sleep(0.02)
