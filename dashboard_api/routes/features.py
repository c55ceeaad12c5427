"""Map layers as GeoJSON, so that any GIS opens them."""

import gzip
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from msgspec import structs
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext
from dashboard_api.edge.answers import GEOJSON, answer, answers
from dashboard_api.live.objects import Reading, Site, Team
from dashboard_api.live.state import State
from dashboard_api.roles import User
from dashboard_api.routes.items import FeatureCollection, LayerItem, LayerList
from floodcore.errors import NotFound
from floodcore.wire.map_layers import NAME, MapLayer

router = APIRouter(prefix=API, tags=["features"])
AN_HOUR = "public, max-age=3600"
ASK_AGAIN = "private, no-cache"  # behind the sign-in, and another city may lie there tomorrow


class Layer(StrEnum):
    """What only who is signed in may see."""

    PONDING_POINTS = "ponding_points"
    SITES = "sites"
    TEAMS = "teams"


ALONE = ("districts", "metro", "devices", "reports")  # layers with a path of their own
LayerName = Annotated[str, Path(pattern=f"^{NAME.pattern}$", description="the product's, or a file's of the deployer")]


@router.get("/features", responses=answers(LayerList, HTTPStatus.UNAUTHORIZED))
async def layers(context: InContext, _: Anybody) -> Response:
    """The layers that there are: the product's and the deployer's own."""
    shipped = [LayerItem(layer=name, is_own=False) for name in sorted([*ALONE, *Layer])]
    own = [LayerItem(layer=name, is_own=True) for name in await context.layers.names()]
    return answer(LayerList(items=shipped + own))


@router.get("/features/districts", responses=answers(FeatureCollection, media_type=GEOJSON))
async def districts(request: Request) -> Response:
    """The city's districts: the map behind the sign-in."""
    return _shipped(request, "districts")


@router.get("/features/metro", responses=answers(FeatureCollection, media_type=GEOJSON))
async def metro(request: Request) -> Response:
    """Metro stations and lines: the map behind the sign-in."""
    return _shipped(request, "metro")


@router.get(
    "/features/{layer}",
    responses=answers(FeatureCollection, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, media_type=GEOJSON),
)
async def layer_of(request: Request, context: InContext, user: Anybody, layer: LayerName) -> Response:
    """A layer; a crew sees its own team only."""
    if layer == Layer.PONDING_POINTS:
        return _shipped(request, layer)
    if layer == Layer.SITES:
        return answer(FeatureCollection(features=site_features(context.loaded())), media_type=GEOJSON)
    if layer == Layer.TEAMS:
        return answer(FeatureCollection(features=team_features(context.loaded(), user)), media_type=GEOJSON)
    own = await context.layers.find(layer)
    if own is None:
        names = sorted([*ALONE, *Layer, *await context.layers.names()])
        raise NotFound(f"No layer has this name; there are {', '.join(names)}.")
    return _own(request, own)


def site_features(state: State) -> list[dict[str, Any]]:
    """Sites with their worst level reading."""
    return [_feature(key, site, _worst(site, state.readings)) for key, site in sorted(state.sites.items())]


def team_features(state: State, user: User) -> list[dict[str, Any]]:
    """Teams where they were last."""
    seen = sorted((key, team) for key, team in state.teams.items() if user.team_id in (None, key))
    return [_feature(key, team, {}) for key, team in seen]


def _worst(site: Site, readings: Mapping[str, Reading]) -> dict[str, Any]:
    found = [readings[sensor.sensor_id] for sensor in site.sensors if sensor.sensor_id in readings]
    levels = [reading for reading in found if reading.quantity == "level"]
    worst = max(levels, key=lambda reading: (reading.level or 0, reading.value), default=None)
    if worst is None:
        return {"level": None, "depth_m": None, "observed_at": None}
    return {"level": worst.level, "depth_m": worst.value, "observed_at": worst.observed_at}


def _feature(key: str, shown: Site | Team, more: dict[str, Any]) -> dict[str, Any]:
    place = None if shown.lon is None else {"type": "Point", "coordinates": [shown.lon, shown.lat]}
    nested = {"lon", "lat", "thresholds", "sensors"}
    plain = {name: value for name, value in structs.asdict(shown).items() if name not in nested}
    return {"type": "Feature", "id": key, "geometry": place, "properties": plain | more}


def _shipped(request: Request, name: str) -> Response:
    """A layer that never changes, packed as it lies in the package where the client can unpack it."""
    packed = files("dashboard_api").joinpath("geo", f"{name}.geojson.gz").read_bytes()
    headers = {"Cache-Control": AN_HOUR, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), headers=headers, media_type=GEOJSON)
    return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=GEOJSON)


def _own(request: Request, layer: MapLayer) -> Response:
    """A deployer's layer, as its file lies there where the client can unpack it; or that the client has it already."""
    headers = {"ETag": layer.etag, "Cache-Control": ASK_AGAIN, "Vary": "Accept-Encoding"}
    if layer.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if layer.is_packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(layer.content, headers=headers, media_type=GEOJSON)
    return Response(layer.unpacked, headers=headers, media_type=GEOJSON)
