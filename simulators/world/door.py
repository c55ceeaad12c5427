"""The door through which people change a simulated world: loopback HTTP, with a token."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import numpy as np
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from floodcore.errors import NotFound, OneMapError
from simulators.instruments.bank import Bank
from simulators.world.counterfactual import without_crews
from simulators.world.minute import Minute
from simulators.world.world import LARGEST_PUMP_M3_H, World

LONGEST_BRANCH_MIN = 360
PROBLEM = "application/problem+json"


class Pumping(BaseModel):
    """A team pumps at a place; 0 stops it."""

    site_id: str
    team_id: str
    m3_h: float = Field(ge=0, le=LARGEST_PUMP_M3_H)


class Closure(BaseModel):
    """A team closes a place's road, or opens it."""

    site_id: str
    team_id: str
    closed: bool


class Breakdown(BaseModel):
    """A place's own pumps break, or are mended."""

    site_id: str
    broken: bool = True


class Silence(BaseModel):
    """A device goes silent, or speaks again."""

    device_id: str
    silent: bool = True


class River(BaseModel):
    """The river stands at this level at an outfall, m in the model's datum."""

    outfall: str
    stage_m: float = Field(ge=-1000, le=10_000)


class Branch(BaseModel):
    """How far to look, and whose pumps to do without; everybody's unless named."""

    minutes: int = Field(default=60, ge=1, le=LONGEST_BRANCH_MIN)
    without_teams: list[str] | None = None


class Rooms:
    """The world and its instruments, and whose turn it is: nobody changes or asks them while a minute passes.

    Attributes:
        minute: The last one that is over.
        balance_pct: As it was then.
        closed: Team that closed a road, by site.
        silent: Devices that were silenced.
    """

    def __init__(self, world: World, bank: Bank) -> None:
        self.world, self.bank = world, bank
        self.turn = asyncio.Lock()
        self.minute: Minute | None = None
        self.balance_pct = 0.0
        self.closed: dict[str, str] = {}
        self.silent: set[str] = set()

    async def pass_minute(self) -> Minute:
        """Let one minute pass, beside the event loop; `minute` is for whoever knows when it is over."""
        async with self.turn:
            minute = await asyncio.to_thread(self.world.step)
            self.balance_pct = await asyncio.to_thread(lambda: self.world.balance_pct)
        return minute


def door(rooms: Rooms, token: str) -> FastAPI:
    """The HTTP application.

    Args:
        rooms: What it changes.
        token: Whoever has it may change everything.
    """
    app = FastAPI(title="One Map simulator", docs_url=None, redoc_url=None, dependencies=[Depends(_guard(token))])
    app.add_exception_handler(OneMapError, _problem)
    _looking(app, rooms)
    _changing(app, rooms)
    return app


def _looking(app: FastAPI, rooms: Rooms) -> None:
    @app.get("/state")
    async def state() -> dict[str, Any]:
        return _state(rooms)

    @app.get("/water")
    async def water() -> dict[str, Any]:
        minute = rooms.minute
        depths = {} if minute is None else dict(zip(_site_ids(rooms), _rounded(minute.road_m), strict=True))
        return {"at": rooms.world.at.isoformat(), "road_m": depths}

    @app.get("/water/roads")
    async def roads() -> dict[str, Any]:
        minute = rooms.minute
        zero = np.concatenate([part.road_m for part in rooms.world.city.parts])
        over = np.zeros_like(zero) if minute is None else np.nan_to_num(np.maximum(minute.depth_m - zero, 0.0))
        return {"at": rooms.world.at.isoformat(), "node_m": _rounded(over)}

    @app.post("/branches")
    async def branch(asked: Branch) -> dict[str, Any]:
        async with rooms.turn:
            pair = await asyncio.to_thread(lambda: (rooms.world.branch(), rooms.world.branch()))
            at = rooms.world.at
        try:
            found = await asyncio.to_thread(without_crews, pair, asked.minutes, asked.without_teams)
        finally:
            for world in pair:
                world.close()
        return {"at": at.isoformat(), "minutes": asked.minutes, "places": [asdict(one) for one in found]}


def _changing(app: FastAPI, rooms: Rooms) -> None:
    world = rooms.world

    @app.post("/pumps", status_code=HTTPStatus.NO_CONTENT)
    async def pumps(asked: Pumping) -> None:
        async with rooms.turn:
            world.pump(asked.site_id, asked.team_id, asked.m3_h)

    @app.post("/closures", status_code=HTTPStatus.NO_CONTENT)
    async def closures(asked: Closure) -> None:
        if asked.site_id not in _site_ids(rooms):
            raise NotFound(f"No place {asked.site_id} is watched here; look into the state for the names.")
        if asked.closed:
            rooms.closed[asked.site_id] = asked.team_id
        else:
            rooms.closed.pop(asked.site_id, None)

    @app.post("/breakdowns", status_code=HTTPStatus.NO_CONTENT)
    async def breakdowns(asked: Breakdown) -> None:
        async with rooms.turn:
            world.break_pumps(asked.site_id, broken=asked.broken)

    @app.post("/silences", status_code=HTTPStatus.NO_CONTENT)
    async def silences(asked: Silence) -> None:
        if all(gauge.device_id != asked.device_id for gauge in world.city.gauges):
            raise NotFound(f"No device {asked.device_id} is in this city; look into the state for the names.")
        async with rooms.turn:
            (rooms.bank.kill if asked.silent else rooms.bank.restore)(asked.device_id, world.at)
            (rooms.silent.add if asked.silent else rooms.silent.discard)(asked.device_id)

    @app.post("/rivers", status_code=HTTPStatus.NO_CONTENT)
    async def rivers(asked: River) -> None:
        async with rooms.turn:
            world.raise_river(asked.outfall, asked.stage_m)


def _state(rooms: Rooms) -> dict[str, Any]:
    world, city = rooms.world, rooms.world.city
    label = world.storm.label
    return {
        "at": world.at.isoformat(),
        "city": {"name": city.name, "title": city.title, "title_en": city.title_en, "notes": city.notes},
        "storm": {
            "name": label.name,
            "title": label.title,
            "title_en": label.title_en,
            "constructed": label.constructed,
            "source": label.source,
            "end": world.storm.end.isoformat(),
        },
        "sites": {one.site.site_id: one.site.name for one in city.watched},
        "devices": [gauge.device_id for gauge in city.gauges],
        "pumping": world.pumping,
        "closed": dict(rooms.closed),
        "silent": sorted(rooms.silent),
        "without_power": world.without_power(),
        "broken": world.broken,
        "balance_pct": round(rooms.balance_pct, 3),
    }


def _site_ids(rooms: Rooms) -> list[str]:
    return [one.site.site_id for one in rooms.world.city.watched]


def _rounded(depths: np.ndarray) -> list[float]:
    values: list[float] = np.round(depths, 3).tolist()
    return values


def _guard(token: str) -> Callable[[HTTPAuthorizationCredentials], Awaitable[None]]:
    bearer = HTTPBearer()

    async def check(given: HTTPAuthorizationCredentials = Depends(bearer)) -> None:  # noqa: B008 - FastAPI's way
        if not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "This is not the token of this simulated world.")

    return check


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotFound) else HTTPStatus.UNPROCESSABLE_ENTITY
    body = {"title": status.phrase, "status": status.value, "detail": str(error)}
    return JSONResponse(body, status_code=status, media_type=PROBLEM)
