"""Incidents and their alarms."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext, Officer
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.routes.items import IncidentItem, incident_item
from floodcore.errors import NotFound
from floodcore.store import incidents
from floodcore.store.database import fetch_all
from floodcore.store.journal import journalled
from floodcore.store.statements import statements
from floodcore.wire.announcement import Kind

SQL = statements("lists", "dashboard_api")
router = APIRouter(prefix=API, tags=["incidents"])
IncidentId = Annotated[int, InPath(ge=1, le=2**53)]


class Standing(StrEnum):
    """Whether an incident still stands."""

    OPEN = "open"
    CLOSED = "closed"


@router.get("/incidents", responses=answers(Page[IncidentItem], HTTPStatus.UNAUTHORIZED))
async def list_incidents(
    context: InContext, user: Anybody, state: Standing | None = None, limit: Limit = 100, cursor: NumberCursor = None
) -> Response:
    """Incidents, newest first; a crew sees those that it has or had an order for."""
    asked = {
        "number": number_of(cursor),
        "is_open": None if state is None else state is Standing.OPEN,
        "team_id": user.team_id,
        "incident_id": None,
        "limit": limit + 1,
    }
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["incidents"], asked)
    return answer(
        page_of(
            rows,
            limit,
            lambda row: incident_item(row, context.hub.known),
            lambda row: number_cursor(row["incident_id"]),
        )
    )


@router.get("/incidents/{incident_id}", responses=answers(IncidentItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
async def one_incident(context: InContext, user: Anybody, incident_id: IncidentId) -> Response:
    """One incident."""
    asked = {"number": None, "is_open": None, "team_id": user.team_id, "incident_id": incident_id, "limit": 1}
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["incidents"], asked)
    if not rows:
        raise NotFound(f"There is no incident {incident_id}; reload the list.")
    return answer(incident_item(rows[0], context.hub.known))


@router.post(
    "/incidents/{incident_id}/acknowledge",
    responses=answers(
        IncidentItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def acknowledge(
    request: Request, context: InContext, user: Officer, incident_id: IncidentId, key: Key = None
) -> Response:
    """A person has seen the alarm; again changes nothing."""

    async def work() -> IncidentItem:
        now = context.clock.now()
        row = await incidents.acknowledge(connection, incident_id, actor=user.user_id, now=now)
        return incident_item(row, context.hub.known)

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request), work)
    if given.is_first:
        context.announce(Kind.INCIDENTS, str(incident_id))
    return given.response()
