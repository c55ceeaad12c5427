"""What people saw: citizens by the hotline, posts, crews. Their words are for officers; the map shows where."""

import base64
import binascii
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext, Officer, Staff
from dashboard_api.edge.answers import GEOJSON, answer, answers, problem_answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.moments import Moment
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.edge.problems import Problem
from dashboard_api.edge.words import SiteId
from dashboard_api.roles import OFFICERS, User
from dashboard_api.routes.items import FeatureCollection, Row
from floodcore.domain.picture import MOST_BYTES, WANTED, Picture
from floodcore.domain.report import DEEPEST_M, LONGEST_TEXT, Report, Source
from floodcore.domain.site import Place
from floodcore.errors import Refused
from floodcore.store import reports
from floodcore.store.journal import journalled

router = APIRouter(prefix=API, tags=["reports"])
ReportId = Annotated[int, InPath(ge=1, le=2**53)]
OfSite = Annotated[SiteId | None, Query(description="Only about this site.")]
SHOWN_FOR = timedelta(hours=6)  # on the map; guessed: water that a citizen saw before is another water by now
MOST_SHOWN = 2000  # on the map; beyond it the oldest are left out
DECIMALS = 3  # of a degree, some 100 m: a caller's own door is nobody's business but the officers'
SAYS_SOMETHING = r"^[^\x00-\x09\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x09\x0b-\x1f\x7f]*$"
PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
PHOTOGRAPH: dict[int | str, dict[str, Any]] = {
    HTTPStatus.OK.value: {
        "description": "As it was sent.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/png", "image/jpeg")},
    }
}


class ReportItem(Struct, frozen=True, kw_only=True):
    """What somebody saw; for who is no officer `text` is null and the place is rounded to some 100 m."""

    report_id: str
    reported_at: datetime
    received_at: datetime
    source: Literal["hotline", "post", "crew"]
    lon: float
    lat: float
    text: str | None
    depth_m: float | None
    site_id: str | None
    team_id: str | None
    author: str
    has_photo: bool


def picture(value: object) -> Picture:
    """A photograph out of base64.

    Raises:
        ValueError: It is none that we take.
    """
    try:
        return Picture(content=base64.b64decode(value, validate=True) if isinstance(value, str) else b"")
    except (binascii.Error, ValueError, Refused):
        raise ValueError(f"no photo that can be taken; {WANTED[0].lower()}{WANTED[1:-1]}, in base64") from None


PHOTO = {
    "type": "string",
    "contentEncoding": "base64",
    "format": "photo",
    "maxLength": (MOST_BYTES + 2) // 3 * 4,
    "description": WANTED,
}
Photo = Annotated[Picture, BeforeValidator(picture), WithJsonSchema(PHOTO)]


class Told(BaseModel):
    """What somebody saw; degrees, WGS 84, and the depth over the road in metres, by eye."""

    model_config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)

    reported_at: Moment
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=SAYS_SOMETHING)]
    depth_m: Annotated[float, Field(ge=0, le=DEEPEST_M)] | None = None
    site_id: SiteId | None = None
    source: Annotated[Source, Field(strict=False)]
    photo: Photo | None = None

    def report(self) -> Report:
        """As the memory takes it."""
        more = self.model_dump(include={"reported_at", "text", "depth_m", "site_id", "source"})
        return Report(**more, place=Place(lon=self.lon, lat=self.lat), photo=self.photo)


@router.get("/reports", responses=answers(Page[ReportItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def list_reports(
    context: InContext,
    user: Staff,
    source: Source | None = None,
    site_id: OfSite = None,
    limit: Limit = 100,
    cursor: NumberCursor = None,
) -> Response:
    """Reports as they came in, newest first."""
    async with context.database.connection() as connection:
        rows = await reports.reports(
            connection, source=source, site_id=site_id, number=number_of(cursor), limit=limit + 1
        )
    return answer(page_of(rows, limit, lambda row: _item(row, user), lambda row: number_cursor(row["report_id"])))


@router.post("/reports", responses=answers(ReportItem, *PROBLEMS))
async def make(request: Request, context: InContext, user: Anybody, told: Told, key: Key = None) -> Response:
    """Take a report down; the sender's own words stand in the answer."""
    if not user.may_report(told.source):
        detail = f"The role {user.role} takes down no report of a {told.source}; ask for another account."
        raise Problem(HTTPStatus.FORBIDDEN, detail)

    async def work() -> ReportItem:
        now = context.clock.now()
        row = await reports.make(connection, told.report(), actor=user.user_id, team_id=user.team_id, now=now)
        return _whole(row)

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, _words(told)), work)
    return given.response()


@router.get("/reports/{report_id}/photo", responses=problem_answers(*PROBLEMS[:3]) | PHOTOGRAPH)
async def photo(context: InContext, _: Officer, report_id: ReportId) -> Response:
    """A report's photograph."""
    async with context.database.connection() as connection:
        media_type, content = await reports.photo(connection, report_id)
    return Response(content, media_type=media_type)


@router.get(
    "/features/reports",
    responses=answers(FeatureCollection, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, media_type=GEOJSON),
)
async def report_layer(context: InContext, _: Staff) -> Response:
    """Where people saw water in the last six hours of the room's time, to some 100 m; without their words."""
    after = context.clock.now() - SHOWN_FOR
    async with context.database.connection() as connection:
        rows = await reports.reports(connection, after=after, limit=MOST_SHOWN)
    return answer(FeatureCollection(features=[_feature(row) for row in rows]), media_type=GEOJSON)


def _words(told: Told) -> str:
    """What makes a report the same as another; a photograph by its bytes."""
    photograph = base64.b64encode(told.photo.content).decode() if told.photo else ""
    return told.model_dump_json(exclude={"photo"}) + photograph


def _item(row: Row, user: User) -> ReportItem:
    return _whole(row) if user.role in OFFICERS else _whole({**row, **_roughly(row), "text": None})


def _whole(row: Row) -> ReportItem:
    return ReportItem(**{**row, "report_id": str(row["report_id"])})


def _roughly(row: Row) -> dict[str, float]:
    return {name: round(row[name], DECIMALS) for name in ("lon", "lat")}


def _feature(row: Row) -> dict[str, Any]:
    point = list(_roughly(row).values())
    shown = ("reported_at", "source", "depth_m", "site_id", "has_photo")
    return {
        "type": "Feature",
        "id": str(row["report_id"]),
        "geometry": {"type": "Point", "coordinates": point},
        "properties": {name: row[name] for name in shown},
    }
