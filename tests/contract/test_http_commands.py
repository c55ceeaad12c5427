"""What an officer asks of a device over HTTP, and what the device gets: heard with a real client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dashboard_api import downlink
from dashboard_api.downlink import Downlink
from dashboard_api.testing.five import journal_kinds, noon
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.errors import BrokerUnavailable
from floodcore.store.database import Database
from floodcore.testing.street_room import furnish
from onemap.engines.mosquitto import FLEET, MosquittoEngine

PATH = "/api/v1/devices/gauge-A/command"
MINUTE = [{"n": "interval", "u": "s", "v": 60}]


@asynccontextmanager
async def device(broker: MosquittoEngine, prefix: Path) -> AsyncIterator[asyncio.StreamReader]:
    """Lines of mosquitto_sub on gauge A's command topic: first the word that it listens, then `retained payload`."""
    at = urlsplit(broker.url(FLEET))
    account = ("-u", str(at.username), "-P", str(at.password))
    topic = ("-q", "1", "-t", "onemap/v1/devices/gauge-A/command", "-F", "%r %p")
    process = await asyncio.create_subprocess_exec(
        *("stdbuf", "-oL", prefix / "usr/bin/mosquitto_sub"),
        *("-h", str(at.hostname), "-p", str(at.port), "-d", *account, *topic),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        await next_line(process.stdout, "Subscribed")
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


async def next_line(lines: asyncio.StreamReader, *beginnings: str) -> str:
    """The next line that begins so; the client tells other things as well."""
    async with asyncio.timeout(10):
        while not (line := (await lines.readline()).decode()).startswith(beginnings):
            assert line, "the client has ended"
        return line.rstrip("\n")


async def heard(lines: asyncio.StreamReader) -> tuple[bool, Any]:
    """The next message: whether it had waited, and what it says."""
    was_kept, _, payload = (await next_line(lines, "0 ", "1 ")).partition(" ")
    return was_kept == "1", json.loads(payload) if payload else None


async def listed(http: Any) -> dict[str, Any]:
    item: dict[str, Any] = (await http.get("/api/v1/devices")).raise_for_status().json()["items"][0]
    return {name: item[name] for name in ("device_id", "asked_interval_s", "asked_at")}


async def test_a_device_that_sleeps_finds_how_often_it_is_to_report(
    room: Served, broker: MosquittoEngine, engines_prefix: Path
) -> None:
    async with room.http("officer") as http:
        asked = (await http.post(PATH, json={"interval_s": 60})).raise_for_status().json()
        assert (asked["device_id"], asked["asked_interval_s"], asked["asked_at"][:17]) == (
            "gauge-A",
            60,
            "2021-07-20T04:00:",
        )
        assert await listed(http) == asked
        async with device(broker, engines_prefix) as lines:
            assert await heard(lines) == (True, MINUTE)
            nothing = (await http.delete(PATH)).raise_for_status().json()
            assert await heard(lines) == (False, None)
        assert nothing == await listed(http) == {"device_id": "gauge-A", "asked_interval_s": None, "asked_at": None}
        async with device(broker, engines_prefix) as lines:
            assert (await http.delete(PATH)).status_code == 200, "it stays so"
            assert await heard(lines) == (False, None), "nothing had waited"
    kinds = await journal_kinds(room.context.database)
    assert [kind for kind in kinds if kind.startswith("device.")] == [
        "device.interval_asked",
        "device.interval_taken_back",
    ]


async def test_a_repeated_request_asks_once(room: Served, broker: MosquittoEngine, engines_prefix: Path) -> None:
    async with room.http("officer") as http, device(broker, engines_prefix) as lines:
        for seconds, status in ((60, 200), (60, 200), (300, 409)):
            answer = await http.post(PATH, json={"interval_s": seconds}, headers={"Idempotency-Key": "one"})
            assert answer.status_code == status
        assert await heard(lines) == (False, MINUTE)
        await http.delete(PATH)
        assert await heard(lines) == (False, None), "the second and the third were not sent"


async def test_what_cannot_be_asked_is_refused(room: Served) -> None:
    async with room.http("officer") as http:
        for body in ({"interval_s": 9}, {"interval_s": 86_401}, {"interval_s": 60.5}, {}, {"interval_s": 60, "x": 1}):
            assert (await http.post(PATH, json=body)).status_code == 422, body
        unknown = await http.post("/api/v1/devices/nobody/command", json={"interval_s": 60})
        assert (unknown.status_code, unknown.json()["detail"]) == (
            404,
            "There is no device nobody in the register; see the list of devices.",
        )
        assert (await http.delete("/api/v1/devices/nobody/command")).status_code == 404
    for user in ("viewer", "crew-T1"):
        async with room.http(user) as http:
            assert (await http.post(PATH, json={"interval_s": 60})).status_code == 403


async def test_while_the_broker_is_away_nobody_is_told_that_the_device_was_asked(database_url: str) -> None:
    async with Database(database_url) as database:
        await furnish(database)
    async with (
        served(settings_for(database_url, "mqtt://127.0.0.1:1", noon())) as room,
        room.http("officer") as http,
    ):
        for answer in (await http.post(PATH, json={"interval_s": 60}), await http.delete(PATH)):
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
            assert "so the device was not asked; try again in a moment" in answer.json()["detail"]
        assert (await listed(http))["asked_interval_s"] is None
        assert not [kind for kind in await journal_kinds(room.context.database) if kind.startswith("device.")]


async def test_a_broker_that_says_nothing_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downlink, "PATIENCE_S", 0.1)

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BrokerUnavailable, match="does not answer, so the device was not asked"):
            async with Downlink(f"mqtt://127.0.0.1:{port}"):
                pass


async def test_a_broker_that_does_not_know_the_room_says_so(broker: MosquittoEngine) -> None:
    address = urlsplit(broker.url())
    with pytest.raises(BrokerUnavailable, match=r"refuses the room's account \(Not authorized\)"):
        async with Downlink(f"mqtt://{address.username}:guess@{address.hostname}:{address.port}"):
            pass
