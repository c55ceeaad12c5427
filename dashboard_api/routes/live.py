"""The live channel's sockets: one task sends to each client, so that nobody waits for anybody else."""

import asyncio
import contextlib
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard_api.context import API, Context, context_of
from dashboard_api.edge.problems import Problem, problem_of
from dashboard_api.edge.same_host import is_same_host
from dashboard_api.live.audience import STAFF, Audience
from dashboard_api.live.hub import Since
from dashboard_api.live.messages import ClockReading, Hello, Scene
from dashboard_api.live.outbox import Outbox
from dashboard_api.roles import Role, User
from dashboard_api.routes.session import who
from dashboard_api.sessions import COOKIE
from floodcore.errors import DatabaseUnavailable
from floodcore.settings import SceneSettings

router = APIRouter(prefix=API)
STALLED_AFTER_S = 30.0  # a client that takes nothing for so long is gone; a snapshot over a poor network takes less
LOOK_AGAIN_S = 30.0  # who signed out, or may no longer see this, sees it no longer than that
SIGNED_OUT = 4401


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Follow the room; `?epoch=&since=` goes on where the client was."""
    context = context_of(websocket)
    try:
        user = await _admitted(websocket, context)
    except Problem as problem:
        await websocket.send_denial_response(problem.response())
    except DatabaseUnavailable as error:
        await websocket.send_denial_response(problem_of(error).response())
    else:
        await websocket.accept()
        await _serve(websocket, context, user)


async def _admitted(websocket: WebSocket, context: Context) -> User:
    """Who connects.

    Raises:
        Problem: It is a page of another site, or nobody is signed in.
        DatabaseUnavailable: Who it is cannot be looked up.
    """
    headers = websocket.headers
    if not is_same_host(headers.get("origin", ""), headers.get("host", "")):
        raise Problem(HTTPStatus.FORBIDDEN, "Connect from a page of this server: the Origin is missing or another's.")
    token = websocket.cookies.get(COOKIE)
    user = await context.sessions.user_of(token) if token else None
    if user is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in first, with POST /api/v1/session.")
    return user


async def _serve(websocket: WebSocket, context: Context, user: User) -> None:
    audience = user.team_id if user.role is Role.CREW else STAFF
    wake = asyncio.Event()
    client = context.hub.join(audience, _hello(context, user), _since(websocket), wake.set)
    context.metrics.clients.inc()
    try:
        await _until_first_ends(
            _send(websocket, context, audience, client, wake),
            _listen(websocket),
            _watch(websocket, context),
        )
    finally:
        context.metrics.clients.dec()
        context.hub.leave(audience, client)


async def _send(
    websocket: WebSocket, context: Context, audience: Audience, client: Outbox, wake: asyncio.Event
) -> None:
    with contextlib.suppress(WebSocketDisconnect, TimeoutError):
        while True:
            wake.clear()
            while message := client.take(lambda: context.hub.snapshot(audience, context.clock.now())):
                async with asyncio.timeout(STALLED_AFTER_S):
                    await websocket.send_text(message)
            await wake.wait()


async def _listen(websocket: WebSocket) -> None:
    """Ends with the connection. What a client says is not understood yet, and passed over."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _watch(websocket: WebSocket, context: Context) -> None:
    """Ends with the session."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        with contextlib.suppress(DatabaseUnavailable):  # whoever was signed in goes on seeing the last known state
            if await context.sessions.user_of(websocket.cookies[COOKIE]) is None:
                return await websocket.close(SIGNED_OUT, "The session has ended; sign in again.")


async def _until_first_ends(*works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()


def _hello(context: Context, user: User) -> Hello:
    settings = context.settings
    return Hello(
        epoch=context.hub.epoch,
        build=context.pages.build,
        mode=settings.mode,
        title=settings.title,
        clock=ClockReading(now=context.clock.now(), speed=context.clock.speed),
        user=who(user).user,
        scene=scene_of(settings.scene),
    )


def scene_of(told: SceneSettings) -> Scene | None:
    """What is played; one language stands in for the other. None where a deployer has said nothing."""
    title, note = told.title or told.title_en, told.note or told.note_en
    if not title and not note:
        return None
    return Scene(title=title, title_en=told.title_en or title, note=note, note_en=told.note_en or note)


def _since(websocket: WebSocket) -> Since | None:
    """Where the client wants to go on; None where it comes for the first time."""
    epoch, since = (websocket.query_params.get(name) for name in ("epoch", "since"))
    if epoch is None and since is None:
        return None
    is_number = since is not None and since.isascii() and since.isdecimal() and len(since) <= 18
    return Since(epoch=epoch or "", seq=int(since) if is_number and since else -1)
