"""HTTP inside a service: answers until the service is asked to end, and leaves the signals to it."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

GOODBYE_S = 3  # for requests under way when the service ends


async def serve(app: Any, listener: socket.socket, stopping: asyncio.Event, **more: Any) -> None:
    """Answer until asked to end.

    Args:
        app: An ASGI application without a lifespan.
        listener: Where it listens.
        stopping: Asks it to end.
        more: Further settings of uvicorn.
    """
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GOODBYE_S,
            **more,
        )
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # it writes the live channel's query strings
    answering = asyncio.create_task(server.serve(sockets=[listener]), name="answer requests")
    asked = asyncio.create_task(stopping.wait(), name="wait for the end")
    await asyncio.wait({answering, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    server.should_exit = True
    await answering


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the service."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
