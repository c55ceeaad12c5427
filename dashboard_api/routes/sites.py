"""Sites, and what was measured and forecast there."""

from datetime import timedelta
from http import HTTPStatus
from itertools import groupby
from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from starlette.responses import Response

from dashboard_api.context import API, Anybody, Context, InContext
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.moments import EARLIEST, Moment
from dashboard_api.edge.paging import (
    Limit,
    MomentCursor,
    NameCursor,
    Page,
    moment_cursor,
    moment_of,
    name_cursor,
    name_of,
    page_of,
)
from dashboard_api.live.objects import QUALITY, Site, raw_beside
from dashboard_api.live.predictions import forecast_of
from dashboard_api.routes.items import ForecastItem, ReadingItem, SiteItem, with_id
from floodcore.domain.quality import names
from floodcore.domain.reading import Quantity
from floodcore.errors import NotFound
from floodcore.store.database import fetch_all
from floodcore.store.statements import statements

SQL = statements("lists", "dashboard_api")
SHOWN = timedelta(hours=6)  # of readings, where nobody says from when
router = APIRouter(prefix=API, tags=["sites"])
SiteId = Annotated[str, InPath(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Forecaster = Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,64}$", description="`produced_by` of the runs.")]


@router.get("/sites", responses=answers(Page[SiteItem], HTTPStatus.UNAUTHORIZED))
async def list_sites(context: InContext, _: Anybody, limit: Limit = 100, cursor: NameCursor = None) -> Response:
    """All sites, by id."""
    sites = context.loaded().sites
    after = name_of(cursor)
    found = [(key, sites[key]) for key in sorted(key for key in sites if key > after)[: limit + 1]]
    return answer(page_of(found, limit, lambda one: _item(*one), lambda one: name_cursor(one[0])))


@router.get("/sites/{site_id}", responses=answers(SiteItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
async def one_site(context: InContext, _: Anybody, site_id: SiteId) -> Response:
    """One site."""
    return answer(_item(site_id, site_of(context, site_id)))


@router.get(
    "/sites/{site_id}/readings",
    responses=answers(Page[ReadingItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
)
async def readings(
    context: InContext,
    _: Anybody,
    site_id: SiteId,
    quantity: Quantity = Quantity.LEVEL,
    observed_from: Annotated[Moment | None, Query(alias="from")] = None,
    observed_to: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Limit = 100,
    cursor: MomentCursor = None,
) -> Response:
    """Readings of one quantity at a site, oldest first; both ends belong to the span."""
    site_of(context, site_id)
    until = observed_to or context.clock.now()
    at, number = moment_of(cursor)
    asked = {
        "site_id": site_id,
        "quantity": quantity,
        "from": observed_from or until - min(SHOWN, until - EARLIEST),
        "to": until,
        "at": at,
        "number": number,
        "limit": limit + 1,
    }
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["readings"], asked)
    return answer(
        page_of(
            rows,
            limit,
            lambda row: ReadingItem(
                sensor_id=str(row["sensor_id"]),
                observed_at=row["observed_at"],
                received_at=row["received_at"],
                value=row["value"],
                raw=raw_beside(row["value"], row["raw"]),
                quality=QUALITY[row["quality"]],
                flags=tuple(names(row["flags"])),
            ),
            lambda row: moment_cursor(row["observed_at"], row["sensor_id"]),
        )
    )


@router.get(
    "/sites/{site_id}/forecasts",
    responses=answers(Page[ForecastItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
)
async def forecasts(
    context: InContext,
    _: Anybody,
    site_id: SiteId,
    issued_after: Moment | None = None,
    issued_before: Moment | None = None,
    forecaster: Forecaster = None,
    limit: Limit = 100,
    cursor: MomentCursor = None,
) -> Response:
    """What the runs said about a site, newest run first; both ends belong to the span."""
    site_of(context, site_id)
    at, number = moment_of(cursor)
    asked = {
        "site_id": site_id,
        "after": issued_after,
        "before": issued_before,
        "forecaster": forecaster,
        "at": at,
        "number": number,
        "limit": limit + 1,
    }
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["forecasts_of_site"], asked)
    runs = [list(of_run) for _, of_run in groupby(rows, itemgetter("run_id"))]
    return answer(
        page_of(
            runs,
            limit,
            lambda run: with_id(ForecastItem, forecast_of(run), site_id=site_id),
            lambda run: moment_cursor(run[0]["issue_time"], run[0]["run_id"]),
        )
    )


def site_of(context: Context, site_id: str) -> Site:
    """A site by its id.

    Raises:
        NotFound: There is none.
    """
    site = context.loaded().sites.get(site_id)
    if site is None:
        raise NotFound(f"There is no site {site_id}; see the list of sites.")
    return site


def _item(site_id: str, site: Site) -> SiteItem:
    return with_id(SiteItem, site, site_id=site_id)
