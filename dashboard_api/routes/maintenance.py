"""Work at devices: until it is done their readings are no water, and their silence is no alarm."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from msgspec import Struct
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from dashboard_api.context import API, InContext, Officer, Staff
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.moments import Moment
from dashboard_api.edge.paging import Limit, NumberCursor, Page, number_cursor, number_of, page_of
from dashboard_api.edge.words import DeviceId, Reason
from dashboard_api.routes.items import Row
from floodcore.store import upkeep_maintenance
from floodcore.store.journal import journalled
from floodcore.store.upkeep_maintenance import Work

router = APIRouter(prefix=API, tags=["maintenance"])
MaintenanceId = Annotated[int, InPath(ge=1, le=2**53)]
OfDevice = Annotated[DeviceId | None, Query(description="Only of this device.")]
PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class MaintenanceItem(Struct, frozen=True, kw_only=True):
    """Work at a device from `begins` to before `ends`."""

    maintenance_id: str
    device_id: str
    begins: datetime
    ends: datetime
    reason: str
    author: str
    state: Literal["planned", "under_way", "over", "called_off"]


class Planned(BaseModel):
    """Work at a device; without `begins` it begins now."""

    model_config = ConfigDict(strict=True, extra="forbid")

    device_id: DeviceId
    begins: Moment | None = None
    ends: Moment
    reason: Reason


@router.get("/maintenance", responses=answers(Page[MaintenanceItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def list_maintenance(
    context: InContext,
    _: Staff,
    device_id: OfDevice = None,
    state: Work | None = None,
    limit: Limit = 100,
    cursor: NumberCursor = None,
) -> Response:
    """Work at devices, newest first; what was called off is in the journal alone."""
    async with context.database.connection() as connection:
        rows = await upkeep_maintenance.windows(
            connection,
            context.clock.now(),
            device_id=device_id,
            state=state,
            number=number_of(cursor),
            limit=limit + 1,
        )
    return answer(page_of(rows, limit, _item, lambda row: number_cursor(row["maintenance_id"])))


@router.post("/maintenance", responses=answers(MaintenanceItem, *PROBLEMS))
async def plan(request: Request, context: InContext, user: Officer, planned: Planned, key: Key = None) -> Response:
    """Somebody works at a device, now or later, or has worked there; readings of that time are judged again."""

    async def work() -> MaintenanceItem:
        now = context.clock.now()
        row = await upkeep_maintenance.plan(
            connection,
            device_id=planned.device_id,
            begins=planned.begins,
            ends=planned.ends,
            reason=planned.reason,
            actor=user.user_id,
            now=now,
        )
        return _item(row)

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, planned.model_dump_json()), work)
    return given.response()


@router.post("/maintenance/{maintenance_id}/end", responses=answers(MaintenanceItem, *PROBLEMS))
async def end(
    request: Request, context: InContext, user: Officer, maintenance_id: MaintenanceId, key: Key = None
) -> Response:
    """The work is done before its time, or, if it has not begun, called off; over already: unchanged, 200."""

    async def work() -> MaintenanceItem:
        now = context.clock.now()
        return _item(await upkeep_maintenance.end(connection, maintenance_id, actor=user.user_id, now=now))

    async with journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request), work)
    return given.response()


def _item(row: Row) -> MaintenanceItem:
    return MaintenanceItem(**{**row, "maintenance_id": str(row["maintenance_id"]), "state": str(row["state"])})
