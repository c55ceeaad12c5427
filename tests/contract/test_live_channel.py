"""The live channel as docs/reference/live.md promises it: over a real socket, with a real broker and database."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import websockets

from dashboard_api.live.messages import ClockReading
from dashboard_api.live.objects import Health
from dashboard_api.live.outbox import WAITING
from dashboard_api.live.ring import HELD
from dashboard_api.live.state import Topic
from dashboard_api.routes import live as channel
from dashboard_api.sessions import COOKIE
from dashboard_api.testing.five import flood, rain
from dashboard_api.testing.served import Live, Served, served, settings_for
from floodcore.bus import Bus
from floodcore.clock_file import AHEAD, begin, steer
from floodcore.settings import ClockSettings
from floodcore.store.database import Database
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish
from floodcore.wire.announcement import Kind
from onemap.engines.mosquitto import MosquittoEngine

TOPICS = ["sites", "readings", "forecasts", "incidents", "orders", "teams", "posts", "levels", "alarms", "health"]
MEGABYTES = 2_000_000


def tick(room: Served, detail: str) -> int:
    """Tell everybody of something; `posts` is a topic that nothing else touches. Returns how many fall behind by it."""
    context = room.context
    post = Health(state="ok", detail_zh=detail, detail_en="", at=NOON, figures={})
    context.hub.patch(Topic.POSTS, {"post": post})
    return context.hub.tick(ClockReading(now=context.clock.now(), speed=1.0))


async def greeted(live: Live) -> tuple[str, int]:
    """The epoch, and the sequence of the first snapshot."""
    hello, snapshot = await live.next(), await live.next()
    assert (hello["type"], snapshot["type"]) == ("hello", "snapshot")
    return hello["epoch"], snapshot["seq"]


async def test_a_client_is_greeted_and_then_given_everything(room: Served) -> None:
    async with room.live("officer") as live:
        hello, snapshot = await live.next(), await live.next()
    assert {key: hello[key] for key in ("type", "protocol", "mode", "title", "user", "scene")} == {
        "type": "hello",
        "protocol": 1,
        "mode": "live",
        "title": "城区内涝监测一张图",
        "user": {"name": "officer", "role": "officer", "team_id": None},
        "scene": None,
    }
    assert hello["clock"]["now"].startswith("2021-07-20T04:0")
    assert hello["build"].startswith("0.1.0+")
    assert list(snapshot["state"]) == TOPICS
    assert len(snapshot["state"]["sites"]) == 5
    reading = snapshot["state"]["readings"]["1"]  # 10, 20, 30 cm, a minute apart: yellow begins at 27 cm
    assert {key: reading[key] for key in ("site_id", "value", "level", "rate_mm_min", "link")} == {
        "site_id": "street-A",
        "value": 0.3,
        "level": 2,
        "rate_mm_min": 100.0,
        "link": "online",
    }
    assert snapshot["as_of"]["readings"] == "2021-07-20T04:00:00Z"
    assert 0 < snapshot["age_s"]["readings"] < 60
    assert "forecasts" not in snapshot["as_of"]


async def test_deltas_follow_one_another_and_a_hint_brings_them_at_once(
    room: Served, broker: MosquittoEngine, eventually: Callable[..., bool]
) -> None:
    context = room.context
    async with Bus(broker.url(), "test") as bus, room.live() as live:
        _, seq = await greeted(live)
        await asyncio.to_thread(eventually, lambda: bus.is_connected and context.bus.is_connected)
        for minute, depth_m in enumerate((0.4, 0.5)):
            sensor_ids = await rain(context.database, "B", depth_m, until=NOON.replace(minute=minute))
            bus.announce(Kind.READINGS, sensor_ids)
            before = seq
            while True:
                delta = await live.next()
                seq += 1
                assert (delta["type"], delta["seq"]) == ("delta", seq)
                if "2" in delta["changes"].get("readings", {}):
                    break
            assert delta["changes"]["readings"]["2"]["value"] == depth_m
            assert seq > before
    assert delta["changes"]["readings"]["2"]["rate_mm_min"] == 100.0
    assert delta["clock"]["speed"] == 1.0


async def test_what_no_hint_told_is_found_by_the_poll(room: Served) -> None:
    async with room.live() as live:
        await greeted(live)
        incident_id, order_id = await flood(room.context.database, room.context.clock)
        changes = (await live.until("incidents", str(incident_id)))["changes"]
    assert changes["incidents"][str(incident_id)]["level"] == 2
    assert changes["alarms"][str(incident_id)] == {
        **changes["alarms"][str(incident_id)],
        "state": "new",
        "rate_mm_min": 100.0,
    }
    assert changes["orders"][str(order_id)]["state"] == "proposed"
    assert changes["teams"]["T1"]["state"] == "assigned"


async def test_a_client_that_was_away_gets_the_missed_deltas_and_no_snapshot(room: Served) -> None:
    async with room.live() as live:
        epoch, seq = await greeted(live)
    for post in ("one", "two"):
        tick(room, post)
    async with room.live(query=f"?epoch={epoch}&since={seq}") as live:
        messages = [await live.next() for _ in range(3)]
    assert [message["type"] for message in messages] == ["hello", "delta", "delta"]
    assert [message["seq"] for message in messages[1:]] == [seq + 1, seq + 2]
    assert messages[-1]["changes"]["posts"]["post"]["detail_zh"] == "two"


async def test_a_client_that_cannot_go_on_is_told_why_and_starts_over(room: Served) -> None:
    ours = room.context.hub.epoch
    for query in (
        "?epoch=other&since=1",
        f"?epoch={ours}&since=x",
        f"?epoch={ours}",
        "?since=1",
        f"?epoch={ours}&since=999",
    ):
        async with room.live(query=query) as live:
            messages = [await live.next() for _ in range(3)]
        assert [message["type"] for message in messages] == ["hello", "resume_failed", "snapshot"], query
        assert messages[1]["reason"]


async def test_deltas_that_are_no_longer_held_are_replaced_by_a_snapshot(room: Served) -> None:
    async with room.live() as live:
        epoch, seq = await greeted(live)
    for number in range(HELD + 1):
        tick(room, str(number))
    async with room.live(query=f"?epoch={epoch}&since={seq}") as live:
        assert [(await live.next())["type"] for _ in range(3)] == ["hello", "resume_failed", "snapshot"]


@pytest.fixture
async def stalled(room: Served) -> AsyncIterator[Live]:
    """A client behind a narrow network that takes nothing until it is asked for the next message."""
    host, _, port = room.address.removeprefix("http://").partition(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
    cookie = {"Cookie": f"{COOKIE}={await room.token('viewer')}"}
    async with websockets.connect(
        room.address.replace("http", "ws", 1) + "/api/v1/live",
        sock=narrow,
        origin=websockets.Origin(room.address),
        additional_headers=cookie,
        max_size=None,
        max_queue=1,
        ping_interval=None,
    ) as connection:
        yield Live(connection)


async def test_a_client_that_cannot_keep_up_gets_a_snapshot_and_nobody_else_notices(
    room: Served, stalled: Live
) -> None:
    async with room.live() as quick:
        _, seq = await greeted(quick)
        behind = 0
        for number in range(WAITING + 10):  # more than the outbox holds and the network between swallows
            behind += tick(room, f"{number:0{MEGABYTES}}")
            while (delta := await quick.next())["changes"].get("posts") is None:
                seq += 1
            seq += 1
            assert (delta["type"], delta["seq"]) == ("delta", seq)
    told, last = [], 0
    while last < seq:
        message = await stalled.next()
        told.append(message["type"])
        if message["type"] == "delta":
            assert message["seq"] == last + 1
        last = message.get("seq", 0)
    assert told[:2] == ["hello", "snapshot"]
    assert told.count("snapshot") == 2
    assert behind == 1


async def test_a_quiet_room_still_beats(room: Served) -> None:
    async with room.live() as live:
        _, seq = await greeted(live)
        began = time.monotonic()
        delta = await live.next()
        assert (delta["type"], delta["seq"]) == ("delta", seq + 1)
        assert time.monotonic() - began < 5


async def test_a_clock_that_is_steered_is_told_within_a_second_of_its_change(
    database_url: str, broker: MosquittoEngine, quick_hashes: None, tmp_path: Path
) -> None:
    async with Database(database_url) as database:
        await furnish(database)
    file = tmp_path / "clock.json"
    begin(file, datetime.now(UTC), at=NOON, speed=60)
    settings = settings_for(database_url, broker.url(), ClockSettings(file=file))
    async with served(settings) as room, room.live("officer") as live:
        assert (await live.next())["clock"]["speed"] == 60
        paused_at = await told(live, file, 0)
        async with room.http() as http:
            assert (await http.get("/metrics")).status_code == 200, "ages are told of a clock that stands, too"
        resumed_at = await told(live, file, 6)
    assert paused_at <= resumed_at <= paused_at + timedelta(seconds=6), "it went on where it stood"


async def told(live: Live, file: Path, speed: float) -> datetime:
    """Steer, and wait until a client is told; the room's time that it is told with it."""
    began = time.monotonic()
    steer(file, datetime.now(UTC), speed=speed)
    while True:
        message = await live.next()
        if message["type"] == "delta" and message["clock"]["speed"] == speed:
            assert time.monotonic() - began < 1 + AHEAD.total_seconds()
            return datetime.fromisoformat(message["clock"]["now"])


async def test_only_who_signed_in_on_a_page_of_this_server_may_follow(room: Served) -> None:
    host = room.address.removeprefix("http://")
    ours, signed_in = f"http://{host}", f"{COOKIE}={await room.token('viewer')}"
    asked = {
        "no session": (ours, "", 401),
        "a made-up session": (ours, f"{COOKIE}=made-up", 401),
        "another site": ("http://evil.example", signed_in, 403),
        "a longer name": (f"{ours}.evil.example", signed_in, 403),
        "a hidden origin": ("null", signed_in, 403),
        "no origin": (None, signed_in, 403),
    }
    for who, (origin, cookie, status) in asked.items():
        headers = {"Cookie": cookie} | ({"Origin": origin} if origin else {})
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://{host}/api/v1/live", additional_headers=headers, proxy=None)
        assert refused.value.response.status_code == status, who
        assert refused.value.response.headers["Content-Type"] == "application/problem+json"


async def test_what_a_client_says_changes_nothing(room: Served) -> None:
    async with room.live() as live:
        _, seq = await greeted(live)
        await live.socket.send('{"type": "from the future"}')
        await live.socket.send(b"\xff")
        tick(room, "go on")
        assert (await live.until("posts", "post"))["seq"] > seq


async def test_a_crew_sees_what_its_own_order_needs(room: Served) -> None:
    incident_id, order_id = await flood(room.context.database, room.context.clock, "A", "T1")
    await flood(room.context.database, room.context.clock, "B", "T2")
    async with room.live("crew-T1") as live:
        hello, snapshot = await live.next(), await live.next()
        state = snapshot["state"]
        if not state["orders"]:  # loaded a moment later
            state = (await live.until("orders", str(order_id)))["changes"]
        async with room.live() as wall:
            await greeted(wall)
            tick(room, "for the staff")
            await wall.until("posts", "post")
        assert (await live.next())["changes"].get("posts") is None
    assert hello["user"] == {"name": "crew-T1", "role": "crew", "team_id": "T1"}
    assert list(state["orders"]) == [str(order_id)]
    assert list(state["incidents"]) == [str(incident_id)]
    assert list(state["sites"]) == ["street-A"]
    assert list(state["teams"]) == ["T1"]
    assert "1" in state["readings"]
    assert not state.get("health") and not state.get("alarms")


async def test_who_signs_out_sees_no_more(room: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LOOK_AGAIN_S", 0.05)
    async with room.live("officer") as live, room.http("officer") as http:
        await greeted(live)
        assert (await http.delete("/api/v1/session")).status_code == 204
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            while True:
                await live.next()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
