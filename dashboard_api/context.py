"""What the routes work with, and who asks."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection

from dashboard_api.edge.problems import RETRY_AFTER_S, Problem
from dashboard_api.failures import Failures
from dashboard_api.follow.follower import Follower
from dashboard_api.layers import MapLayers
from dashboard_api.live.hub import Hub
from dashboard_api.live.state import State
from dashboard_api.metrics import Metrics
from dashboard_api.pages import Pages
from dashboard_api.roles import ADMINS, EVERYBODY, OFFICERS, STAFF, Role, User
from dashboard_api.sessions import COOKIE, Sessions
from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.settings import Settings
from floodcore.store.database import Database
from floodcore.wire.announcement import Kind

API = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Context:
    """The service's parts, made once at its start."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    hub: Hub
    follower: Follower
    sessions: Sessions
    pages: Pages
    metrics: Metrics
    layers: MapLayers
    failures: Failures = field(default_factory=Failures)

    def loaded(self) -> State:
        """The room as it is known; the last known one while the database is away.

        Raises:
            Problem: Nothing has been loaded yet.
        """
        if not self.follower.is_loaded:
            detail = "The room's state is not loaded yet; try again in a moment."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": RETRY_AFTER_S})
        return self.hub.known

    def announce(self, kind: Kind, *ids: str) -> None:
        """Something was committed: tell the other services, and our own clients without waiting for the bus."""
        self.bus.announce(kind, ids)
        self.follower.ask(kind)


def context_of(connection: HTTPConnection) -> Context:
    """The context that the app was made with."""
    context: Context = connection.app.state.context
    return context


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from."""
    return connection.client.host if connection.client else ""


async def signed_in(
    request: Request, token: Annotated[str | None, Depends(APIKeyCookie(name=COOKIE, auto_error=False))]
) -> User:
    """Who asks.

    Raises:
        Problem: Nobody that we know.
    """
    user = await context_of(request).sessions.user_of(token) if token else None
    if user is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in first, with POST /api/v1/session.")
    return user


class OneOf:
    """A dependency: who asks, if that is one of these roles."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self._roles = roles

    async def __call__(self, user: Annotated[User, Depends(signed_in)]) -> User:
        """The user.

        Raises:
            Problem: The role may not do this.
        """
        if user.role not in self._roles:
            raise Problem(HTTPStatus.FORBIDDEN, f"The role {user.role} may not do this; ask for another account.")
        return user


InContext = Annotated[Context, Depends(context_of)]
Anybody = Annotated[User, Depends(OneOf(EVERYBODY))]
Staff = Annotated[User, Depends(OneOf(STAFF))]
Officer = Annotated[User, Depends(OneOf(OFFICERS))]
Admin = Annotated[User, Depends(OneOf(ADMINS))]
