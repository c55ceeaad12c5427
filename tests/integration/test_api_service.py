"""The service among real engines: a database that goes away, a port that is taken, and a start from nothing."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
import websockets

from dashboard_api.accounts import put_user
from dashboard_api.follow import follower
from dashboard_api.testing.five import noon, rain
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.errors import Refused
from floodcore.store import database as store
from floodcore.store.database import Database, fetch_one
from floodcore.testing.street_room import furnish
from onemap.engines.mosquitto import MosquittoEngine


@pytest.fixture
async def room(database_url: str, broker: MosquittoEngine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A room that gives up on its database sooner than others."""
    monkeypatch.setattr(follower, "DEADLINE_S", 1.0)
    monkeypatch.setattr(store, "WAIT_FOR_CONNECTION_S", 1.0)
    async with Database(database_url) as database:
        await furnish(database)
        await rain(database, "A", 0.1, 0.2, 0.3)
    async with served(settings_for(database_url, broker.url(), noon())) as room:
        yield room


class Switch:
    """Takes a database away from everybody, and gives it back."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._name = parts.path.removeprefix("/")
        self._elsewhere = urlunsplit(parts._replace(path="/postgres"))

    def off(self) -> None:
        self._say(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'")

    def on(self) -> None:
        self._say(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")

    def _say(self, sql: str) -> None:
        with psycopg.connect(self._elsewhere, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[call-overload]  # the name is this test's own


async def health_of(live: Any, component: str) -> dict[str, Any]:
    found: dict[str, Any] = (await live.until("health", component))["changes"]["health"][component]
    return found


async def test_without_a_database_the_room_shows_its_last_state_and_says_so(room: Served, database_url: str) -> None:
    switch = Switch(database_url)
    async with room.live() as live, room.http("viewer") as http:
        await live.next()
        assert (await live.next())["state"]["health"]["database"]["state"] == "ok"
        await asyncio.to_thread(switch.off)
        try:
            while (await health_of(live, "database"))["state"] == "ok":
                pass
            assert (await http.get("/readyz")).status_code == 503
            assert (await http.get("/healthz")).status_code == 200
            assert len((await http.get("/api/v1/sites")).json()["items"]) == 5
            refused = await http.get("/api/v1/orders")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            async with room.live() as another:  # a wall that was switched on now
                await another.next()
                snapshot = await another.next()
            assert snapshot["state"]["readings"]["1"]["value"] == 0.3
            assert snapshot["age_s"]["readings"] > 0
        finally:
            await asyncio.to_thread(switch.on)
        while (await health_of(live, "database"))["state"] != "ok":
            pass
        assert (await http.get("/readyz")).status_code == 200
        assert (await http.get("/api/v1/orders")).status_code == 200


async def test_before_its_database_is_there_the_service_answers_and_waits(
    database_url: str, broker: MosquittoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "DEADLINE_S", 1.0)
    monkeypatch.setattr(store, "WAIT_FOR_CONNECTION_S", 1.0)
    switch = Switch(database_url)
    await asyncio.to_thread(switch.off)

    async def give_back(room: Served) -> None:
        async with room.http() as http:
            assert (await http.get("/readyz")).status_code == 503
            assert (await http.get("/api/v1/features/districts")).status_code == 200
        await asyncio.to_thread(switch.on)

    async with served(settings_for(database_url, broker.url()), give_back) as room, room.http() as http:
        assert (await http.get("/readyz")).status_code == 200


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard_api"],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def environment_of(database_url: str, broker: MosquittoEngine, port: int) -> dict[str, str]:
    return {
        "ONEMAP_DATABASE__URL": database_url,
        "ONEMAP_MQTT__URL": broker.url(),
        "ONEMAP_HTTP__PORT": str(port),
    }


def test_a_port_that_is_taken_is_said_in_one_sentence(database_url: str, broker: MosquittoEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(environment_of(database_url, broker, port))
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"The API cannot listen on 127.0.0.1, port {port}" in said
    assert "ONEMAP_HTTP__PORT" in said and "Traceback" not in said


def test_the_process_starts_serves_and_ends_when_asked(
    database_url: str, broker: MosquittoEngine, eventually: Callable[..., Any]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start(environment_of(database_url, broker, port))

    def is_ready() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
        except httpx.ConnectError:
            return False

    eventually(is_ready)
    httpx.get(f"http://127.0.0.1:{port}/api/v1/session?secret=1", trust_env=False)
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "GET '/api/v1/session' 401" in said
    assert "secret" not in said and "Traceback" not in said


async def test_the_front_end_is_kept_for_ever_where_its_name_has_its_hash(room: Served) -> None:
    async with room.http() as http:
        wall, field = await http.get("/"), await http.get("/field")
        worker = await http.get("/field-sw.js")
        asset = await http.get("/" + wall.text.partition('src="/')[2].partition('"')[0])
        again = await http.get("/", headers={"If-None-Match": wall.headers["ETag"]})
        head = await http.head("/")
    assert wall.headers["Content-Type"] == field.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {page.headers["Cache-Control"] for page in (wall, field, worker)} == {"no-cache"}
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Type"].startswith("text/javascript")
    assert asset.headers["Content-Encoding"] == "gzip"
    assert (again.status_code, head.status_code, head.text) == (304, 200, "")


async def test_the_figures_name_routes_and_no_ids(room: Served) -> None:
    async with room.live(), room.http("viewer") as http:
        await http.get("/api/v1/sites/street-A")
        figures = (await http.get("/metrics")).text
    assert 'onemap_http_requests_total{method="GET",route="/api/v1/sites/{site_id}",status="200"} 1.0' in figures
    assert "onemap_live_clients 1.0" in figures
    assert "street-A" not in figures


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        (("", "x", "viewer"), "no name"),
        (("a b", "x", "viewer"), "no name"),
        (("a", "x", "king"), "no role"),
        (("a", "x", "crew"), "names its team"),
        (("a", "x", "viewer", "T1"), "names its team"),
    ],
    ids=["no name", "a blank", "a role that is none", "a crew without a team", "a viewer with one"],
)
async def test_an_account_that_cannot_be_is_refused(room: Served, account: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        async with room.context.database.connection() as connection:
            await put_user(connection, *account)


async def test_a_password_is_nowhere_and_a_token_only_hashed(room: Served) -> None:
    token = await room.token("viewer")
    async with room.context.database.connection() as connection:
        account = await fetch_one(connection, "SELECT password_hash FROM app_user")
        session = await fetch_one(connection, "SELECT token_hash FROM user_session")
    assert account and account["password_hash"].startswith("$argon2id$")
    assert session and len(session["token_hash"]) == 32 and token.encode() not in session["token_hash"]


async def test_a_second_service_follows_the_same_room(room: Served, database_url: str, broker: MosquittoEngine) -> None:
    async with served(settings_for(database_url, broker.url(), noon())) as other:
        assert other.context.hub.epoch != room.context.hub.epoch
        async with other.live() as live, room.http("crew-T1") as http:
            await live.next()
            await http.post("/api/v1/teams/T1/position", json={"lon": 113.7, "lat": 34.7})
            while (await live.next()).get("changes", {}).get("teams", {}).get("T1", {}).get("lon") != 113.7:
                pass


async def test_signed_in_at_one_service_is_signed_in_at_the_other(
    room: Served, database_url: str, broker: MosquittoEngine
) -> None:
    async with served(settings_for(database_url, broker.url())) as other:
        cookie = {"Cookie": f"onemap_session={await room.token('viewer')}", "Origin": other.address}
        url = other.address.replace("http", "ws", 1) + "/api/v1/live"
        async with websockets.connect(url, additional_headers=cookie, max_size=None, proxy=None) as socket_:
            assert '"hello"' in str(await socket_.recv())
