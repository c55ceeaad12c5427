"""Crews, posts and citizens between the real API and a world's door that is a small server of its own.

Team 1 (a lorry with a pump of 1,000 m3/h, and barriers) stands at A Street and is sent to D Street, three kilometres to
the east. A road leads there by a junction halfway.
"""

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI, Request, Response

from dashboard_api import accounts
from dashboard_api.accounts import put_user
from dashboard_api.sessions import COOKIE
from dashboard_api.testing.five import flood
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.errors import SettingsError
from floodcore.settings import ClockSettings
from floodcore.store.database import Database
from floodcore.testing.five_streets import NOON, STREETS
from floodcore.testing.street_room import SetClock, furnish
from onemap.engines.mosquitto import MosquittoEngine
from simulators.accounts import Account, read_token
from simulators.city.build import build
from simulators.city.plan import Roads
from simulators.crews import Crew
from simulators.field_api import ApiAway, FieldApi
from simulators.people import ground as ground_module
from simulators.people.ground import Ground
from simulators.people.reporter import AT_ONCE, MOST_WAITING, Reporter
from simulators.people.road_map import RoadMap
from simulators.people.world_door import DoorAway, WorldDoor

SECRET, TOKEN = "a secret", "a token"
A, D = STREETS[0].place, STREETS[3].place
assert A and D
ROADS = RoadMap(
    Roads(
        lon=np.array([A.lon, (A.lon + D.lon) / 2, D.lon]),
        lat=np.full(3, A.lat),
        tail=np.array([0, 1], np.int32),
        head=np.array([1, 2], np.int32),
        length_m=np.array([1500.0, 1500.0]),
        kind=np.full(2, 2, np.uint8),  # streets
        water=np.array([0, 1], np.int32),
    )
)


@dataclass
class World:
    """What the door shows, and what it was told."""

    road_m: dict[str, float] = field(default_factory=lambda: {site.site_id: 0.0 for site in STREETS})
    node_m: list[float] = field(default_factory=lambda: [0.0, 0.0])
    told: list[tuple[Any, ...]] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    is_away: bool = False


def door_of(world: World) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        if world.is_away:
            return Response(status_code=503)
        answer: Response = await call_next(request)
        return answer

    @app.get("/water")
    async def water() -> Any:
        return {"at": NOON.isoformat(), "road_m": world.road_m}

    @app.get("/water/roads")
    async def roads() -> Any:
        return {"at": NOON.isoformat(), "node_m": world.node_m}

    @app.get("/state")
    async def state() -> Any:
        return {"at": NOON.isoformat(), "closed": world.closed}

    @app.post("/pumps", status_code=204)
    async def pumps(body: dict[str, Any]) -> None:
        world.told.append(("pump", body["site_id"], body["team_id"], body["m3_h"]))

    @app.post("/closures", status_code=204)
    async def closures(body: dict[str, Any]) -> None:
        world.told.append(("close", body["site_id"], body["team_id"], body["closed"]))

    return app


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def door_address(world: World, eventually: Callable[..., Any]) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(door_of(world), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        eventually(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def clock() -> SetClock:
    """Of the room, moved by hand."""
    return SetClock()


@pytest.fixture
async def room(
    database_url: str, broker: MosquittoEngine, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    monkeypatch.setattr(ClockSettings, "clock", lambda _: clock)
    monkeypatch.setattr(ground_module, "FRESH_FOR_S", 0.0)  # the stories' clocks run faster than a second a second
    async with Database(database_url) as database:
        await furnish(database)
        async with database.connection() as connection:
            await put_user(connection, "T1", SECRET, "crew", "T1")
            await put_user(connection, "desk", SECRET, "hotline")
    async with served(settings_for(database_url, broker.url())) as room:
        yield room


@dataclass
class Story:
    """A crew with an order to D Street, and the clock that it goes by."""

    crew: Crew
    clock: SetClock
    room: Served
    order: int

    async def until(self, minute: float, every: float = 2) -> None:
        """Go on until so many minutes after noon."""
        while self.clock.time < NOON + timedelta(minutes=minute):
            self.clock.time += timedelta(minutes=every)
            await self.crew.look()

    async def state(self) -> str:
        """Of the order."""
        async with self.room.http("officer") as http:
            found: str = (await http.get(f"/api/v1/orders/{self.order}")).json()["state"]
        return found

    async def said(self) -> list[str]:
        """What the crew told the room, oldest first."""
        await self.crew.look()
        async with self.room.http("officer") as http:
            items = (await http.get("/api/v1/reports")).json()["items"]
        return [one["text"] for one in reversed(items)]


@pytest.fixture
async def story(room: Served, clock: SetClock, door_address: str) -> AsyncIterator[Story]:
    _, order = await flood(room.context.database, room.context.clock, "D", "T1")
    async with room.http("officer") as http:
        (await http.post(f"/api/v1/orders/{order}/confirm", json={})).raise_for_status()
    async with FieldApi(room.address, "T1", SECRET) as api, WorldDoor(door_address, TOKEN) as door:
        places = {street.site_id: street.place for street in STREETS if street.place}
        ground = Ground(door, ROADS, places=places, teams=frozenset({"T1"}))
        account = Account(user="T1", password=SECRET, team_id="T1")
        yield Story(Crew(account, api, clock, 1, ground=ground), clock, room, order)


async def test_a_crew_pumps_once_closes_the_road_and_stops_when_it_leaves(story: Story, world: World) -> None:
    world.road_m["street-D"] = 0.4
    # Accepted within 3 minutes and off within 8 more; three kilometres at 17 to 23 km/h are 7.8 to 10.6 minutes.
    await story.until(22)
    assert await story.state() == "on_scene"
    assert world.told == [("pump", "street-D", "T1", 1000.0), ("close", "street-D", "T1", True)]
    assert await story.said() == ["【模拟】到达现场，积水40厘米"]
    world.road_m["street-D"] = 0.0
    await story.until(62, every=10)
    assert len(world.told) == 2  # it goes on, and says so no more
    async with story.room.http("officer") as http:
        (await http.post(f"/api/v1/orders/{story.order}/recall", json={})).raise_for_status()
    await story.until(63)
    assert world.told[2:] == [("pump", "street-D", "T1", 0.0), ("close", "street-D", "T1", False)]
    await story.until(66)
    assert len(world.told) == 4


async def test_barriers_stay_where_the_water_does(story: Story, world: World) -> None:
    world.road_m["street-D"] = 0.4
    await story.until(22)
    async with story.room.http("officer") as http:
        (await http.post(f"/api/v1/orders/{story.order}/recall", json={})).raise_for_status()
    await story.until(23)
    assert world.told[2:] == [("pump", "street-D", "T1", 0.0)]


async def test_the_picture_of_the_water_comes_with_the_arrival(story: Story, world: World) -> None:
    world.road_m["street-D"] = 0.4
    await story.until(22)
    await story.said()
    async with story.room.http("officer") as http:
        [report] = (await http.get("/api/v1/reports")).json()["items"]
        picture = await http.get(f"/api/v1/reports/{report['report_id']}/photo")
    assert (report["source"], report["site_id"], report["depth_m"], report["team_id"]) == (
        "crew",
        "street-D",
        0.4,
        "T1",
    )
    assert picture.content.startswith(b"\x89PNG")


async def test_a_crew_that_water_catches_asks_for_help_once_and_comes_late(story: Story, world: World) -> None:
    off = 0
    while await story.state() != "en_route":
        off += 2
        await story.until(off)
    await story.until(off + 2, every=1)  # at 17 to 23 km/h it is 570 to 770 m far, on the first half of the way
    world.node_m = [0.45, 0.0]
    await story.until(off + 42, every=4)
    assert await story.state() == "en_route"
    assert await story.said() == ["【模拟】车辆被困，积水约45厘米，请求支援"]
    world.node_m = [0.0, 0.0]
    await story.until(off + 64)  # ten minutes until the engine runs, and at most nine for the rest of the way
    assert await story.state() == "on_scene"
    assert [one[0] for one in world.told] == ["pump", "close"]


async def test_before_water_with_no_way_round_a_crew_waits_and_says_so(story: Story, world: World) -> None:
    world.node_m = [0.0, 0.6]
    await story.until(60, every=5)
    assert await story.state() == "en_route"
    assert await story.said() == ["【模拟】道路积水阻断，无法绕行，原地待命"]
    async with story.room.http("officer") as http:
        team = (await http.get("/api/v1/teams/T1")).json()
    assert A and team["lon"] == pytest.approx(A.lon)  # with no way there at all it has not set out
    world.node_m = [0.0, 0.0]
    await story.until(75)
    assert await story.state() == "on_scene"


async def test_what_somebody_else_has_closed_is_blocked_and_a_teams_own_barriers_are_not(
    story: Story, world: World
) -> None:
    world.closed = {"street-C": "command line"}  # two kilometres on the only way
    await story.until(40, every=4)
    assert await story.state() == "en_route"
    world.closed = {"street-C": "T1"}
    await story.until(56, every=4)
    assert await story.state() == "on_scene"


async def test_a_world_that_is_away_is_told_when_it_is_back(story: Story, world: World) -> None:
    await story.until(5)
    world.is_away = True
    await story.until(25)
    assert (await story.state(), world.told) == ("on_scene", [])
    world.is_away = False
    await story.until(28)
    assert world.told == [("pump", "street-D", "T1", 1000.0), ("close", "street-D", "T1", True)]


async def test_the_door_says_what_is_wrong(world: World, door_address: str, tmp_path: Path) -> None:
    async with WorldDoor(door_address, "another token") as door:
        with pytest.raises(SettingsError, match="does not know this token"):
            await door.water()
    world.is_away = True
    async with WorldDoor(door_address, TOKEN) as door:
        with pytest.raises(DoorAway, match="status 503"):
            await door.road_water()
    async with WorldDoor("http://127.0.0.1:1", TOKEN) as door:
        with pytest.raises(DoorAway, match="does not answer"):
            await door.pump("street-A", "T1", 1.0)
    with pytest.raises(SettingsError, match="holds the token"):
        read_token(tmp_path / "nothing")


async def test_what_is_told_is_told_once_and_the_oldest_is_lost_where_nobody_listens(room: Served) -> None:
    report = {"reported_at": NOON.isoformat(), "lon": 113.6, "lat": 34.7, "text": "水", "source": "post"}
    async with FieldApi("http://127.0.0.1:1", "desk", SECRET) as nobody:
        deaf = Reporter(nobody)
        for number in range(MOST_WAITING + 3):
            deaf.say(str(number), report)
        with pytest.raises(ApiAway):
            await deaf.tell()
    assert deaf.lost == 3
    async with FieldApi(room.address, "desk", SECRET) as api:
        reporter = Reporter(api)
        for number in range(AT_ONCE + 1):
            reporter.say(f"key-{number}", report)
        reporter.say("key-0", report)  # a repetition
        reporter.say("refused", report | {"source": "crew"})
        assert [await reporter.tell(), await reporter.tell(), reporter.lost] == [AT_ONCE, 2, 1]
    async with room.http("officer") as http:
        assert len((await http.get("/api/v1/reports")).json()["items"]) == AT_ONCE + 1


async def test_as_a_process_crews_know_the_roads_of_their_city(
    room: Served, world: World, door_address: str, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    world.node_m = [0.0] * sum(len(part.nodes) for part in build("five_streets").parts)
    _, order = await flood(room.context.database, room.context.clock, "D", "T1")
    async with room.http("officer") as http:
        (await http.post(f"/api/v1/orders/{order}/confirm", json={})).raise_for_status()
    crew = {"user": "T1", "password": SECRET, "team_id": "T1"}
    cookies = {COOKIE: await room.token("officer")}

    def is_on_its_way() -> bool:
        answer = httpx.get(f"{room.address}/api/v1/orders/{order}", cookies=cookies, trust_env=False)
        return bool(answer.json()["en_route_at"])

    process = await started(room, door_address, tmp_path, "crews", [crew], "five_streets")
    try:
        await asyncio.to_thread(eventually, is_on_its_way)
    finally:
        process.terminate()
    async with asyncio.timeout(10):
        assert await process.wait() == 0


async def started(
    room: Served, door_address: str, folder: Path, module: str, people: list[dict[str, str]], city: str
) -> asyncio.subprocess.Process:
    """Simulated people as a process of their own, 600 times as fast as a real clock."""
    for name, text in {"accounts": json.dumps(people), "token": TOKEN}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    words = ("--api", room.address, "--accounts", str(folder / "accounts"), "--seed", "2", "--city", city)
    where = ("--world", door_address, "--world-token", str(folder / "token"))
    fast = {"ANCHOR": datetime.now(UTC).isoformat(), "START": NOON.isoformat(), "SPEED": "600"}
    environment = {**os.environ, **{f"ONEMAP_CLOCK__{name}": value for name, value in fast.items()}}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"simulators.{module}", *words, *where, env=environment
    )


@pytest.mark.parametrize(("module", "source"), [("posts", "post"), ("citizens", "hotline")])
async def test_as_processes_posts_and_citizens_tell_of_water_until_they_are_stopped(
    room: Served,
    world: World,
    door_address: str,
    tmp_path: Path,
    module: str,
    source: str,
    eventually: Callable[..., Any],
) -> None:
    world.road_m = {site.site_id: 0.5 for site in STREETS}
    people = [{"user": "desk", "password": SECRET}]
    process = await started(room, door_address, tmp_path, module, people, "district")
    cookies = {COOKIE: await room.token("officer")}

    def reports() -> list[dict[str, Any]]:
        answer = httpx.get(f"{room.address}/api/v1/reports", cookies=cookies, trust_env=False)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    try:
        found = await asyncio.to_thread(eventually, reports)
    finally:
        process.terminate()
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    assert {one["source"] for one in found} == {source}
    assert all(one["text"].startswith("【模拟") for one in found)
