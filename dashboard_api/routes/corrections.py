"""What people say about readings. The raw value stays; their word, with author and reason, stands beside it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from fastapi import Path as InPath
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from starlette.responses import Response

from dashboard_api.context import API, InContext, Officer, Staff
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.moments import Moment
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.edge.words import Reason, SensorId, SiteId
from dashboard_api.routes.items import Row
from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Action
from floodcore.store import upkeep_corrections
from floodcore.store.journal import journalled
from floodcore.store.upkeep_corrections import Word

router = APIRouter(prefix=API, tags=["corrections"])
CorrectionId = Annotated[int, InPath(ge=1, le=2**53)]
OfSensor = Annotated[SensorId | None, Query(description="Only of this sensor.")]
OfSite = Annotated[SiteId | None, Query(description="Only of this site's sensors.")]
PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class CorrectionItem(Struct, frozen=True, kw_only=True, rename={"begins": "from", "ends": "to"}):
    """A person's word about the readings of a sensor observed `from` to `to`, both included."""

    correction_id: str
    sensor_id: str
    device_id: str
    site_id: str
    quantity: str
    begins: datetime
    ends: datetime
    action: Literal["set", "shift", "good", "bad"]
    value: float | None
    reason: str
    author: str
    made_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class Said(BaseModel):
    """A word about readings; `value` is what to set, or by how much to shift, in the quantity's unit."""

    model_config = ConfigDict(strict=True, extra="forbid")

    begins: Annotated[Moment, Field(alias="from")]
    ends: Annotated[Moment, Field(alias="to")]
    action: Annotated[Action, Field(strict=False)]
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    reason: Reason


class SaidOfSensor(Said):
    """Of a sensor by its number."""

    sensor_id: SensorId

    def word(self) -> Word:
        """As the memory takes it."""
        return Word(**{**self.model_dump(), "sensor_id": int(self.sensor_id)})


class SaidOfSite(Said):
    """Of the one sensor of a quantity at a site."""

    site_id: SiteId
    quantity: Annotated[Quantity, Field(strict=False)]

    def word(self) -> Word:
        """As the memory takes it."""
        return Word(**self.model_dump())


def whose(body: object) -> str:
    """Which of the two a body is to be, so that its faults are told as one's and not as both's."""
    return "sensor" if isinstance(body, SaidOfSensor) or (isinstance(body, dict) and "sensor_id" in body) else "site"


AnySaid = Annotated[
    Annotated[SaidOfSensor, Tag("sensor")] | Annotated[SaidOfSite, Tag("site")], Discriminator(whose), Body()
]


@router.get("/corrections", responses=answers(Page[CorrectionItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def list_corrections(
    context: InContext,
    _: Staff,
    sensor_id: OfSensor = None,
    site_id: OfSite = None,
    limit: Limit = 100,
    cursor: NumberCursor = None,
) -> Response:
    """Corrections, newest first, those revoked among them."""
    async with context.database.connection() as connection:
        rows = await upkeep_corrections.corrections(
            connection,
            sensor_id=int(sensor_id) if sensor_id else None,
            site_id=site_id,
            number=number_of(cursor),
            limit=limit + 1,
        )
    return answer(page_of(rows, limit, _item, lambda row: number_cursor(row["correction_id"])))


@router.post("/corrections", responses=answers(CorrectionItem, *PROBLEMS))
async def make(request: Request, context: InContext, user: Officer, said: AnySaid, key: Key = None) -> Response:
    """Say what readings are; they, and what follows from them, are judged again."""

    async def work() -> CorrectionItem:
        now = context.clock.now()
        return _item(await upkeep_corrections.make(connection, said.word(), actor=user.user_id, now=now))

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, said.model_dump_json()), work)
    return given.response()


@router.post("/corrections/{correction_id}/revoke", responses=answers(CorrectionItem, *PROBLEMS))
async def revoke(
    request: Request, context: InContext, user: Officer, correction_id: CorrectionId, key: Key = None
) -> Response:
    """Take a word back; it stays on record. Revoked already: unchanged, 200."""

    async def work() -> CorrectionItem:
        now = context.clock.now()
        return _item(await upkeep_corrections.revoke(connection, correction_id, actor=user.user_id, now=now))

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request), work)
    return given.response()


def _item(row: Row) -> CorrectionItem:
    numbers = {"correction_id": str(row["correction_id"]), "sensor_id": str(row["sensor_id"])}
    return CorrectionItem(**{**row, **numbers})
