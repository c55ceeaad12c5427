"""Forecast runs."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from dashboard_api.context import API, InContext, Staff
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.paging import Limit, MomentCursor, Page, moment_cursor, moment_of, page_of
from dashboard_api.routes.items import RunItem
from floodcore.store.database import fetch_all
from floodcore.store.statements import statements

SQL = statements("lists", "dashboard_api")
router = APIRouter(prefix=API, tags=["forecasts"])


@router.get("/forecasts", responses=answers(Page[RunItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def runs(context: InContext, _: Staff, limit: Limit = 100, cursor: MomentCursor = None) -> Response:
    """Forecast runs, newest first."""
    at, number = moment_of(cursor)
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["runs"], {"at": at, "number": number, "limit": limit + 1})
    return answer(
        page_of(
            rows,
            limit,
            lambda row: RunItem(**{**row, "run_id": str(row["run_id"])}),
            lambda row: moment_cursor(row["issue_time"], row["run_id"]),
        )
    )
