"""Devices, which of them are there, and what they are asked for."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from msgspec import Struct, structs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from dashboard_api.context import API, Context, InContext, Officer, Staff
from dashboard_api.downlink import Downlink, ask_interval
from dashboard_api.edge.answers import GEOJSON, answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.paging import Limit, NameCursor, Page, name_cursor, name_of, page_of
from dashboard_api.edge.words import DeviceId, whole
from dashboard_api.live.devices import Device, device_of
from dashboard_api.live.objects import Site
from dashboard_api.live.state import State
from dashboard_api.routes.items import FeatureCollection, with_id
from floodcore.store.database import fetch_all
from floodcore.store.journal import journalled
from floodcore.store.statements import statements
from floodcore.wire import command

SQL = statements("devices", "dashboard_api")
router = APIRouter(prefix=API, tags=["devices"])
ItsId = Annotated[DeviceId, InPath()]
PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class DeviceItem(Device, frozen=True, kw_only=True):
    """A device with its id."""

    device_id: str


class AskedItem(Struct, frozen=True, kw_only=True):
    """What a device is asked for; None is nothing."""

    device_id: str
    asked_interval_s: int | None
    asked_at: datetime | None


class Asked(BaseModel):
    """How often a device is to report."""

    model_config = ConfigDict(strict=True, extra="forbid")

    interval_s: Annotated[int, Field(ge=command.LEAST_S, le=command.MOST_S), BeforeValidator(whole)]


@router.get("/devices", responses=answers(Page[DeviceItem], HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
async def list_devices(context: InContext, _: Staff, limit: Limit = 100, cursor: NameCursor = None) -> Response:
    """All devices, by id: presence, last seen, battery and signal, and each quantity's newest reading."""
    found = await _devices(context, name_of(cursor), limit + 1)
    return answer(
        page_of(
            found,
            limit,
            lambda one: with_id(DeviceItem, one[1], device_id=one[0]),
            lambda one: name_cursor(one[0]),
        )
    )


@router.get(
    "/features/devices",
    responses=answers(FeatureCollection, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, media_type=GEOJSON),
)
async def device_layer(context: InContext, _: Staff) -> Response:
    """All devices at their sites, with their presence; a device's site is that of its first sensor."""
    sites = context.loaded().sites
    features = [_feature(device_id, device, sites) for device_id, device in await _devices(context, "", None)]
    return answer(FeatureCollection(features=features), media_type=GEOJSON)


@router.post("/devices/{device_id}/command", responses=answers(AskedItem, *PROBLEMS))
async def ask(
    request: Request, context: InContext, user: Officer, device_id: ItsId, asked: Asked, key: Key = None
) -> Response:
    """Ask a device to report so often, in place of what it was asked for before."""

    async def work() -> AskedItem:
        now = context.clock.now()
        return AskedItem(
            **await ask_interval(connection, downlink, device_id, asked.interval_s, actor=user.user_id, now=now)
        )

    async with Downlink(context.settings.mqtt_url()) as downlink, journalled(context.database) as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, asked.model_dump_json()), work)
    return given.response()


@router.delete("/devices/{device_id}/command", responses=answers(AskedItem, *PROBLEMS))
async def take_back(context: InContext, user: Officer, device_id: ItsId) -> Response:
    """Ask a device for nothing any more; it goes by its own settings once it hears of that. Again: unchanged, 200."""
    async with Downlink(context.settings.mqtt_url()) as downlink, journalled(context.database) as connection:
        now = context.clock.now()
        asked = await ask_interval(connection, downlink, device_id, None, actor=user.user_id, now=now)
    return answer(AskedItem(**asked))


async def _devices(context: Context, after: str, limit: int | None) -> list[tuple[str, Device]]:
    """Devices by id, those after one; at most so many, or all."""
    state = context.loaded()
    asked = {"after": after, "now": context.clock.now(), "limit": limit}
    async with context.database.connection() as connection:
        rows = await fetch_all(connection, SQL["devices"], asked)
    sensors = _sensors(state)
    return [(row["device_id"], device_of(row, sensors[row["device_id"]], state.readings)) for row in rows]


def _feature(device_id: str, device: Device, sites: Mapping[str, Site]) -> dict[str, Any]:
    site_id = device.quantities[0].site_id if device.quantities else None
    site = sites.get(site_id) if site_id else None
    place = None if site is None or site.lon is None else {"type": "Point", "coordinates": [site.lon, site.lat]}
    told = {name: value for name, value in structs.asdict(device).items() if name != "quantities"}
    properties = told | {"site_id": site_id, "position": site.position if site else None}
    return {"type": "Feature", "id": device_id, "geometry": place, "properties": properties}


def _sensors(state: State) -> dict[str, list[tuple[str, str, str]]]:
    """Number, site and quantity of every sensor, by device."""
    found = defaultdict(list)
    for site_id, site in state.sites.items():
        for sensor in site.sensors:
            found[sensor.device_id].append((sensor.sensor_id, site_id, sensor.quantity))
    return found
