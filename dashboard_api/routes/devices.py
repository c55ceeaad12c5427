"""Devices, and which of them are there."""

from collections import defaultdict
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from dashboard_api.context import API, InContext, Staff
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.paging import Limit, NameCursor, Page, name_cursor, name_of, page_of
from dashboard_api.live.devices import Device, device_of
from dashboard_api.live.state import State
from dashboard_api.routes.items import with_id
from floodcore.store.database import fetch_all
from floodcore.store.statements import statements

SQL = statements("devices", "dashboard_api")
router = APIRouter(prefix=API, tags=["devices"])


class DeviceItem(Device, frozen=True, kw_only=True):
    """A device with its id."""

    device_id: str


@router.get("/devices", responses=answers(Page[DeviceItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def list_devices(context: InContext, _: Staff, limit: Limit = 100, cursor: NameCursor = None) -> Response:
    """All devices, by id: presence, last seen, battery and signal, and each quantity's newest reading."""
    state = context.loaded()
    asked = {"after": name_of(cursor), "now": context.clock.now(), "limit": limit + 1}
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["devices"], asked)
    sensors = _sensors(state)
    return answer(
        page_of(
            rows,
            limit,
            lambda row: with_id(
                DeviceItem,
                device_of(row, sensors[row["device_id"]], state.readings),
                device_id=row["device_id"],
            ),
            lambda row: name_cursor(row["device_id"]),
        )
    )


def _sensors(state: State) -> dict[str, list[tuple[str, str, str]]]:
    """Number, site and quantity of every sensor, by device."""
    found = defaultdict(list)
    for site_id, site in state.sites.items():
        for sensor in site.sensors:
            found[sensor.device_id].append((sensor.sensor_id, site_id, sensor.quantity))
    return found
