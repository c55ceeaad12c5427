"""Signing in and out."""

import math
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext, address_of
from dashboard_api.edge.answers import answer, answers, problem_answers
from dashboard_api.edge.problems import Problem
from dashboard_api.failures import WITHIN_S
from dashboard_api.live.messages import User as LiveUser
from dashboard_api.roles import User
from dashboard_api.routes.items import WhoAmI
from dashboard_api.sessions import COOKIE

router = APIRouter(prefix=API, tags=["session"])
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"  # the database's texts hold no zero byte


class Account(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(strict=True, extra="forbid")

    user: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]


@router.post("/session", responses=answers(WhoAmI, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS))
async def sign_in(request: Request, context: InContext, account: Account) -> Response:
    """Sign in: sets the cookie."""
    address = address_of(request)
    if not context.failures.admit(account.user, address, time.monotonic()):
        detail = "Too many attempts; wait a minute and try again."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": f"{WITHIN_S:.0f}"})
    opened = await context.sessions.sign_in(account.user, account.password)
    if opened is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "This name and password do not belong together; try again.")
    context.failures.forgive(account.user, address)
    token, user = opened
    response = answer(who(user))
    response.set_cookie(
        COOKIE,
        token,
        max_age=math.floor((user.until - datetime.now(UTC)).total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.get("/session", responses=answers(WhoAmI, HTTPStatus.UNAUTHORIZED))
async def who_am_i(user: Anybody) -> Response:
    """Who is signed in."""
    return answer(who(user))


@router.delete("/session", status_code=HTTPStatus.NO_CONTENT, responses=problem_answers(HTTPStatus.UNAUTHORIZED))
async def sign_out(request: Request, context: InContext, _: Anybody) -> Response:
    """Sign out: ends the session and takes the cookie away."""
    await context.sessions.sign_out(request.cookies[COOKIE])
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def who(user: User) -> WhoAmI:
    """A user as clients see it."""
    return WhoAmI(user=LiveUser(name=user.user_id, role=user.role, team_id=user.team_id))
