"""Orders, and the steps of their life."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from dashboard_api.context import API, Anybody, Context, InContext
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.moments import Moment
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.edge.problems import Problem
from dashboard_api.edge.words import whole
from dashboard_api.roles import Role, User
from dashboard_api.routes.items import OrderItem, order_item
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place
from floodcore.errors import Conflict, NotFound
from floodcore.store import orders, teams
from floodcore.store.database import Connection, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.statements import statements
from floodcore.wire.announcement import Kind

SQL = statements("lists", "dashboard_api")
router = APIRouter(prefix=API, tags=["orders"])
OrderId = Annotated[int, InPath(ge=1, le=2**53)]
TeamId = Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]*$")]


class Action(StrEnum):
    """What a person may do to an order."""

    CONFIRM = "confirm"
    RECALL = "recall"
    ACKNOWLEDGE = "acknowledge"
    DEPART = "depart"
    ARRIVE = "arrive"
    FINISH = "finish"
    DECLINE = "decline"


class Said(BaseModel):
    """What is said beside a step. A position counts where both of its numbers are given; degrees, WGS 84."""

    model_config = ConfigDict(strict=True, extra="forbid")

    version: Annotated[int, Field(ge=1, lt=2**31), BeforeValidator(whole)] | None = None
    client_time: Moment | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    note: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | None = None

    @property
    def place(self) -> Place | None:
        """Where it was said."""
        return None if self.lon is None or self.lat is None else Place(lon=self.lon, lat=self.lat)

    def details(self) -> dict[str, Any]:
        """For the journal."""
        return self.model_dump(mode="json", exclude={"version"}, exclude_none=True)


NOTHING_SAID = Said()  # a step needs no words


@router.get("/orders", responses=answers(Page[OrderItem], HTTPStatus.UNAUTHORIZED))
async def list_orders(
    context: InContext,
    user: Anybody,
    state: OrderState | None = None,
    team_id: TeamId = None,
    limit: Limit = 100,
    cursor: NumberCursor = None,
) -> Response:
    """Orders, newest first; a crew sees its own."""
    if user.team_id not in (None, team_id) and team_id is not None:
        return answer(Page[OrderItem](items=[], next_cursor=None))
    rows = await _orders(context, user.team_id or team_id, state=state, number=number_of(cursor), limit=limit + 1)
    return answer(page_of(rows, limit, order_item, lambda row: number_cursor(row["order_id"])))


@router.get("/orders/{order_id}", responses=answers(OrderItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
async def one_order(context: InContext, user: Anybody, order_id: OrderId) -> Response:
    """One order."""
    rows = await _orders(context, user.team_id, order_id=order_id)
    if not rows:
        raise _unknown(order_id)
    return answer(order_item(rows[0]))


@router.post(
    "/orders/{order_id}/{action}",
    responses=answers(
        OrderItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def act(
    request: Request,
    context: InContext,
    user: Anybody,
    order_id: OrderId,
    action: Action,
    said: Said = NOTHING_SAID,
    key: Key = None,
) -> Response:
    """One step of the order's life; one that is done already changes nothing."""
    step = Step(action)
    if not user.may_take(step):
        raise Problem(HTTPStatus.FORBIDDEN, f"The role {user.role} may not {action} an order; ask an officer.")

    async def work() -> OrderItem:
        return await _take(context, connection, user, order_id, step, said)

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, said.model_dump_json()), work)
    if given.is_first:
        context.announce(Kind.ORDERS, str(order_id))
        context.announce(Kind.TEAMS)
    return given.response()


async def _take(
    context: Context, connection: Connection, user: User, order_id: int, step: Step, said: Said
) -> OrderItem:
    now = context.clock.now()
    before = await orders.order(connection, order_id)
    if user.role is Role.CREW and before["team_id"] != user.team_id:
        raise _unknown(order_id)
    try:
        row = await orders.take_step(
            connection,
            order_id,
            step,
            actor=user.user_id,
            now=now,
            version=said.version,
            details=said.details(),
        )
    except Conflict as error:
        raise Problem(HTTPStatus.CONFLICT, str(error), order=order_item(before)) from error
    if user.role is Role.CREW and said.place:
        at = min(said.client_time or now, now)  # a phone that is ahead is here now
        await teams.report_position(connection, before["team_id"], said.place, at)
    return order_item(row)


async def _orders(
    context: Context,
    team_id: str | None,
    *,
    order_id: int | None = None,
    state: OrderState | None = None,
    number: int | None = None,
    limit: int = 1,
) -> list[dict[str, Any]]:
    asked = {"team_id": team_id, "order_id": order_id, "state": state, "number": number, "limit": limit}
    async with context.database.connection() as connection:
        return await fetch_all(connection, SQL["orders"], asked)


def _unknown(order_id: int) -> NotFound:
    return NotFound(f"There is no order {order_id}; reload the list.")
