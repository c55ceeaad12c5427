"""What was measured at a site, summed up over minutes and hours."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.moments import EARLIEST, Moment
from dashboard_api.edge.paging import Limit, MomentCursor, Page, moment_cursor, moment_of, page_of
from dashboard_api.routes.items import RollupItem
from dashboard_api.routes.sites import SHOWN, SQL, SiteId, site_of
from floodcore.domain.reading import Quantity
from floodcore.domain.rollup import Every
from floodcore.store.database import fetch_all

router = APIRouter(prefix=API, tags=["sites"])


@router.get(
    "/sites/{site_id}/rollups",
    responses=answers(Page[RollupItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
)
async def rollups(
    context: InContext,
    _: Anybody,
    site_id: SiteId,
    quantity: Quantity = Quantity.LEVEL,
    every: Every = Every.FIVE_MINUTES,
    begins_from: Annotated[Moment | None, Query(alias="from")] = None,
    begins_to: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Limit = 100,
    cursor: MomentCursor = None,
) -> Response:
    """Readings of one quantity at a site summed up, oldest first: what begins in the span, both ends included."""
    site_of(context, site_id)
    until = begins_to or context.clock.now()
    at, number = moment_of(cursor)
    asked = {
        "site_id": site_id,
        "quantity": quantity,
        "every_min": every.minutes,
        "from": begins_from or until - min(SHOWN, until - EARLIEST),
        "to": until,
        "at": at,
        "number": number,
        "limit": limit + 1,
    }
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["rollups"], asked)
    is_amount = quantity is Quantity.RAIN
    return answer(
        page_of(
            rows,
            limit,
            lambda row: _item(row, is_amount=is_amount),
            lambda row: moment_cursor(row["begins"], row["sensor_id"]),
        )
    )


def _item(row: Mapping[str, Any], *, is_amount: bool) -> RollupItem:
    return RollupItem(
        sensor_id=str(row["sensor_id"]),
        begins=row["begins"],
        count=row["n"],
        bad=row["bad"],
        mean=row["mean"],
        min=row["lowest"],
        max=row["highest"],
        last=row["last"],
        sum=row["total"] if is_amount else None,
    )
