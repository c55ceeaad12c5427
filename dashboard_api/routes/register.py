"""The register as files."""

from enum import StrEnum
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from dashboard_api.context import API, Admin, InContext
from dashboard_api.edge.answers import GEOJSON, problem_answers
from floodcore.register.given import GEOJSON as SITES_GEOJSON
from floodcore.register.sheets import SHEETS, SITES
from floodcore.register.writing import csv_file, sites_geojson
from floodcore.store.register_book import load

router = APIRouter(prefix=API, tags=["register"])
CSV = "text/csv"
SHEET_OF = {sheet.file: sheet for sheet in SHEETS}
File = StrEnum("File", {name: name for name in (*SHEET_OF, SITES_GEOJSON)})  # type: ignore[misc]  # as many as sheets


@router.get(
    "/register/{file}",
    responses={
        **problem_answers(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        HTTPStatus.OK.value: {
            "description": "As `onemap register import` takes it.",
            "content": {CSV: {"schema": {"type": "string"}}, GEOJSON: {"schema": {"type": "object"}}},
        },
    },
)
async def register_file(context: InContext, _: Admin, file: File) -> Response:
    """One file of the register as it is now: a sheet as CSV, or the sites as GeoJSON."""
    sheet = SHEET_OF.get(file, SITES)
    async with context.database.connection() as connection:
        book = await load(connection, [sheet])
    if file == SITES_GEOJSON:
        return Response(sites_geojson(book), media_type=GEOJSON)
    return Response(csv_file(book, sheet), media_type=CSV)
