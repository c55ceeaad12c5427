"""Messages that could not be read."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from dashboard_api.context import API, InContext, Officer
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.routes.items import QuarantineItem, Row
from floodcore.store.database import fetch_all
from floodcore.store.statements import statements

SQL = statements("lists", "dashboard_api")
router = APIRouter(prefix=API, tags=["quarantine"])


@router.get("/quarantine", responses=answers(Page[QuarantineItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def quarantine(context: InContext, _: Officer, limit: Limit = 100, cursor: NumberCursor = None) -> Response:
    """Unreadable messages with their reasons, newest first."""
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["quarantine"], {"number": number_of(cursor), "limit": limit + 1})
    return answer(page_of(rows, limit, _item, lambda row: number_cursor(row["quarantine_id"])))


def _item(row: Row) -> QuarantineItem:
    beginning = bytes(row["beginning"]).decode(errors="backslashreplace")
    return QuarantineItem(**{**row, "quarantine_id": str(row["quarantine_id"]), "beginning": beginning})
