"""Simulated crews against a small API that speaks as the reference says (docs/reference/http.md)."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from floodcore.domain.geo import distance_m
from floodcore.domain.order import OrderState, Step, after
from floodcore.errors import SettingsError
from floodcore.testing.five_streets import NOON, STREETS
from simulators.crews import Account, Crew, read_accounts
from simulators.field_api import ApiAway, FieldApi

SECRET = "a secret"
STAMP = {"acknowledge": "acknowledged_at", "depart": "en_route_at", "arrive": "on_scene_at", "finish": "done_at"}
ACCOUNT = Account(user="team-01", password=SECRET, team_id="team-01")


@dataclass
class Clock:
    """A clock moved by hand."""

    at: datetime = NOON
    speed: float = 60.0

    def now(self) -> datetime:
        return self.at

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds() / self.speed


@dataclass
class Room:
    """What the API holds: one order for one team, from A to D Street."""

    clock: Clock
    order: dict[str, Any] = field(default_factory=dict)
    incident: str = "open"
    positions: list[dict[str, Any]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    requests: dict[str, bytes] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    is_away: bool = False
    loses_answers: bool = False
    tells_crews_everything: bool = True

    def send(self) -> None:
        self.order = {
            "order_id": "7",
            "incident_id": "3",
            "site_id": "street-D",
            "state": "sent",
            "reason": {"travel_s": 600.0},
            "proposed_at": NOON.isoformat(),
            "confirmed_at": NOON.isoformat(),
            "sent_at": NOON.isoformat(),
        }


def application(room: Room) -> FastAPI:
    app = FastAPI()
    guard(app, room)
    reading(app, room)
    writing(app, room)
    return app


def guard(app: FastAPI, room: Room) -> None:
    @app.middleware("http")
    async def check(request: Request, call_next: Any) -> Response:
        if room.is_away:
            return Response(status_code=503)
        if request.url.path != "/api/v1/session" and request.cookies.get("onemap_session") not in room.sessions:
            return Response(status_code=401)
        answer: Response = await call_next(request)
        return Response(status_code=502) if room.loses_answers and request.method == "POST" else answer

    @app.post("/api/v1/session")
    async def sign_in(account: dict[str, str]) -> Response:
        if account["password"] != SECRET:
            return Response(status_code=401)
        room.sessions.add(account["user"])
        answer = Response("{}")
        answer.set_cookie("onemap_session", account["user"], httponly=True, samesite="strict")
        return answer


def reading(app: FastAPI, room: Room) -> None:
    @app.get("/api/v1/orders")
    async def orders() -> Any:
        return {"items": [room.order] if room.order else [], "next_cursor": None}

    @app.get("/api/v1/{kind}/{name}")
    async def thing(kind: str, name: str) -> Any:
        if not room.tells_crews_everything:
            return Response(status_code=403)
        if kind == "incidents":
            return {"incident_id": name, "state": room.incident}
        place = {"sites": STREETS[3], "teams": STREETS[0]}[kind].place
        assert place
        return {"lon": place.lon, "lat": place.lat, "position_at": None}


def writing(app: FastAPI, room: Room) -> None:
    @app.post("/api/v1/orders/{order_id}/{step}")
    async def take(order_id: str, step: str, request: Request) -> Any:
        key, body = request.headers["Idempotency-Key"], await request.body()
        if room.requests.setdefault(key, body) != body:
            return Response(status_code=422)
        before = OrderState(room.order["state"])
        room.order["state"] = after(before, Step(step))
        if room.order["state"] != before:
            room.order[STAMP[step]] = room.clock.now().isoformat()
            room.steps.append(step)
        return room.order

    @app.post("/api/v1/teams/{team_id}/position")
    async def position(team_id: str, body: dict[str, Any]) -> Any:
        room.positions.append(body)
        return body


@pytest.fixture
def room() -> Room:
    return Room(Clock())


@pytest.fixture
def address(room: Room, eventually: Callable[..., Any]) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application(room), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        eventually(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join(10)


async def go_on(crew: Crew, room: Room, minutes: float, every: float = 1.0) -> None:
    """Look again and again; `every` are minutes of the room's time."""
    for _ in range(round(minutes / every)):
        room.clock.at += timedelta(minutes=every)
        await crew.look()


async def test_an_order_is_accepted_driven_to_worked_on_and_finished(room: Room, address: str) -> None:
    async with FieldApi(address, ACCOUNT.user, SECRET) as api:
        crew = Crew(ACCOUNT, api, room.clock, seed=1)
        await go_on(crew, room, 2)
        assert room.steps == []
        room.send()
        await go_on(crew, room, 30)
        assert room.steps == ["acknowledge", "depart", "arrive"]
        room.incident = "closed"
        await go_on(crew, room, 1)
        assert room.order["state"] == "done"
    # Three kilometres, 3.9 on the road, at 20 to 30 km/h: 7.8 to 11.7 minutes, and one of looking.
    under_way = datetime.fromisoformat(room.order["on_scene_at"]) - datetime.fromisoformat(room.order["en_route_at"])
    assert timedelta(minutes=7) < under_way < timedelta(minutes=14)


async def test_a_crew_reports_its_way_along_the_straight_line(room: Room, address: str) -> None:
    room.send()
    async with FieldApi(address, ACCOUNT.user, SECRET) as api:
        await go_on(Crew(ACCOUNT, api, room.clock, seed=1), room, 20)
    start, goal = STREETS[0].place, STREETS[3].place
    assert start and goal
    longitudes = [position["lon"] for position in room.positions]
    assert longitudes == sorted(longitudes)
    assert len(longitudes) > 5
    assert start.lon < longitudes[0] and longitudes[-1] == pytest.approx(goal.lon)
    assert {position["lat"] for position in room.positions} == {34.75}
    assert distance_m(start, goal) == pytest.approx(3000, rel=0.01)


async def test_what_was_done_though_the_answer_was_lost_is_not_done_twice(room: Room, address: str) -> None:
    room.send()
    async with FieldApi(address, ACCOUNT.user, SECRET) as api:
        crew = Crew(ACCOUNT, api, room.clock, seed=1)
        await go_on(crew, room, 0.5, every=0.5)
        room.clock.at += timedelta(minutes=2)
        await api.get("/orders")
        room.loses_answers = True
        with pytest.raises(ApiAway):
            await crew.look()
        room.loses_answers = False
        await go_on(crew, room, 1)
    assert room.steps[:1] == ["acknowledge"]
    assert room.steps.count("acknowledge") == 1


async def test_a_crew_outlives_an_api_that_goes_away_and_forgets_its_session(
    room: Room, address: str, eventually: Callable[..., Any]
) -> None:
    room.clock.speed = 1e9  # it looks as often as it may
    stopping = asyncio.Event()
    async with FieldApi(address, ACCOUNT.user, SECRET) as api:
        working = asyncio.create_task(Crew(ACCOUNT, api, room.clock, seed=1).work(stopping))
        await asyncio.to_thread(eventually, lambda: room.sessions)
        room.is_away = True
        room.sessions.clear()
        room.send()
        room.clock.at += timedelta(minutes=10)
        room.is_away = False
        await asyncio.to_thread(eventually, lambda: room.steps)
        stopping.set()
        async with asyncio.timeout(10):
            await working
    assert room.steps[0] == "acknowledge"


async def test_a_crew_that_is_told_only_its_order_still_comes_and_goes(room: Room, address: str) -> None:
    room.tells_crews_everything = False
    room.send()
    async with FieldApi(address, ACCOUNT.user, SECRET) as api:
        await go_on(Crew(ACCOUNT, api, room.clock, seed=1), room, 240, every=6)
    assert room.steps == ["acknowledge", "depart", "arrive", "finish"]
    assert room.positions == []


async def test_a_wrong_password_ends_it_with_a_sentence(room: Room, address: str) -> None:
    async with FieldApi(address, ACCOUNT.user, "wrong") as api:
        with pytest.raises(SettingsError, match="accounts file"):
            await api.get("/orders")


def test_the_accounts_file_is_for_its_owners_eyes(tmp_path: Path) -> None:
    file = tmp_path / "crews.json"
    file.write_text(json.dumps([{"user": "u", "password": "p", "team_id": "t"}]))
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_accounts(file)
    file.chmod(0o600)
    assert read_accounts(file) == [Account(user="u", password="p", team_id="t")]
    file.write_text("[{}]")
    with pytest.raises(SettingsError, match="is no JSON list"):
        read_accounts(file)


def test_as_a_process_the_crews_work_until_they_are_stopped(
    room: Room, address: str, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    file = tmp_path / "crews.json"
    file.write_text(json.dumps([{"user": "team-01", "password": SECRET, "team_id": "team-01"}]))
    file.chmod(0o600)
    environment = {
        **os.environ,
        "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "ONEMAP_CLOCK__START": (NOON + timedelta(hours=1)).isoformat(),
        "ONEMAP_CLOCK__SPEED": "600",
    }
    room.send()
    command = [sys.executable, "-m", "simulators.crews", "--api", address, "--accounts", str(file)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            eventually(lambda: room.steps)
        finally:
            process.terminate()
        assert process.wait(10) == 0
