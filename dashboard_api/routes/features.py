"""Map layers as GeoJSON, so that any GIS opens them."""

import gzip
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Request
from msgspec import structs
from pydantic import BeforeValidator
from starlette.responses import Response

from dashboard_api.context import API, Anybody, InContext
from dashboard_api.edge.answers import GEOJSON, answer, answers
from dashboard_api.live.objects import Reading, Site, Team
from dashboard_api.live.state import State
from dashboard_api.roles import User
from dashboard_api.routes.items import FeatureCollection

router = APIRouter(prefix=API, tags=["features"])
AN_HOUR = "public, max-age=3600"


class Layer(StrEnum):
    """What only who is signed in may see."""

    PONDING_POINTS = "ponding_points"
    SITES = "sites"
    TEAMS = "teams"


OTHERS = ("districts", "metro", "devices")  # layers with a path of their own


def one_of_all(layer: object) -> object:
    """The name as it is.

    Raises:
        ValueError: It is no layer's; the sentence lists those with a path of their own, too.
    """
    if layer not in tuple(Layer):
        raise ValueError(f"there are the layers {', '.join(sorted([*OTHERS, *Layer]))}")
    return layer


AnyLayer = Annotated[Layer, BeforeValidator(one_of_all)]


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
    responses=answers(FeatureCollection, HTTPStatus.UNAUTHORIZED, media_type=GEOJSON),
)
async def layer_of(request: Request, context: InContext, user: Anybody, layer: AnyLayer) -> Response:
    """A layer; a crew sees its own team only."""
    if layer is Layer.PONDING_POINTS:
        return _shipped(request, layer)
    features = site_features(context.loaded()) if layer is Layer.SITES else team_features(context.loaded(), user)
    return answer(FeatureCollection(features=features), media_type=GEOJSON)


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
