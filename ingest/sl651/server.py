"""Connections: as many as we have room for, each on its own, none able to stop or delay another."""

import asyncio
import logging
import socket
from typing import Self

from floodcore.clock import Clock
from floodcore.errors import SettingsError
from ingest.sl651.conversation import READ_BYTES, Conversation
from ingest.sl651.intake import Intake
from ingest.sl651.pulse import Pulse

log = logging.getLogger(__name__)

# A city has hundreds of stations, and a process may have 1,024 files open unless its deployer says otherwise. Each
# connection costs some 20 kB, and at worst the 64 kB of a message in packets besides.
MOST_CONNECTIONS = 800
CLOSED_WITHIN_S = 10.0  # real seconds
UNREAD_BYTES = 1 << 14  # the loop would read 256 kB at once from whoever sends as much; no message has a tenth of it
BACKLOG = 512  # at the full hour they come within a second


class Server:
    """Listens while it is entered: `async with Server(host, port, ...)`."""

    def __init__(self, host: str, port: int, intake: Intake, clock: Clock, pulse: Pulse) -> None:
        self._host, self._port = host, port
        self._intake, self._clock, self._pulse = intake, clock, pulse
        self._talking: dict[asyncio.Task[None], Conversation] = {}  # in the order of their coming

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(
                self._welcome, self._host, self._port, limit=READ_BYTES, backlog=BACKLOG, start_serving=False
            )
            for listening in self._server.sockets:  # what it accepts inherits this
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNREAD_BYTES)
            await self._server.start_serving()
        except OSError as error:
            raise SettingsError(
                f"Nothing can listen at {self._host}:{self._port} ({error.strerror or error}); "
                "set ONEMAP_INGEST__SL651_HOST and ONEMAP_INGEST__SL651_PORT to an address that is free."
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._talking) >= MOST_CONNECTIONS and not self._make_room():
            self._pulse.turned_away += 1
            writer.transport.abort()
            return
        conversation = Conversation(self._intake, self._clock, self._pulse)
        task = asyncio.create_task(self._talk(conversation, reader, writer), name="station")
        self._talking[task] = conversation
        self._pulse.connections = len(self._talking)
        task.add_done_callback(self._goodbye)

    def _make_room(self) -> bool:
        """End the oldest connection that has not shown to be a station's; whether there is one."""
        stranger = next((task for task, one in self._talking.items() if not one.is_station), None)
        if stranger is None:
            return False
        stranger.cancel()
        self._goodbye(stranger)
        self._pulse.turned_away += 1
        return True

    def _goodbye(self, task: asyncio.Task[None]) -> None:
        self._talking.pop(task, None)
        self._pulse.connections = len(self._talking)

    async def _talk(
        self, conversation: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await conversation.hold(reader, writer)
            writer.close()
            async with asyncio.timeout(CLOSED_WITHIN_S):
                await writer.wait_closed()
        except (TimeoutError, OSError) as error:
            log.info("a connection ends: %s", str(error) or type(error).__name__)
        finally:
            writer.transport.abort()  # where it has not ended in good order: nothing may hold its place
