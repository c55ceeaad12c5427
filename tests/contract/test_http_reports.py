"""What people saw, over HTTP: taken down once, by whom it may be, and shown without their words."""

import base64
import struct
import zlib
from typing import Any

import httpx
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dashboard_api.edge.middleware import Gate
from dashboard_api.testing.served import Served
from floodcore.store import journal

PATH, LAYER = "/api/v1/reports", "/api/v1/features/reports"
# The room's clock stands just after noon, 04:00 UTC.
CALL: dict[str, Any] = {
    "reported_at": "2021-07-20T11:57:00+08:00",
    "lon": 113.64123,
    "lat": 34.75087,
    "text": "A街积水没过小腿",
    "depth_m": 0.25,
    "site_id": "street-A",
    "source": "hotline",
}


def png(width: int, height: int, more: bytes = b"") -> str:
    """The head of a PNG of this size, in base64; more follows it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    whole = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + more
    return base64.b64encode(whole).decode()


async def test_a_call_is_taken_down_and_only_an_officer_reads_what_was_said(room: Served) -> None:
    async with room.http("hotline") as desk, room.http("officer") as officer, room.http("viewer") as viewer:
        made = (await desk.post(PATH, json=CALL)).raise_for_status().json()
        assert (made["reported_at"], made["text"], made["author"]) == (
            "2021-07-20T03:57:00Z",
            "A街积水没过小腿",
            "hotline",
        )
        assert (made["team_id"], made["has_photo"]) == (None, False)
        assert (await officer.get(PATH)).json()["items"] == [made]
        hidden = made | {"text": None, "lon": 113.641, "lat": 34.751}
        for one in (viewer, desk):
            assert (await one.get(PATH)).json()["items"] == [hidden]
        [shown] = (await viewer.get(LAYER)).json()["features"]
    assert (shown["id"], shown["geometry"]) == (
        made["report_id"],
        {"type": "Point", "coordinates": [113.641, 34.751]},
    )
    assert shown["properties"] == {
        "reported_at": "2021-07-20T03:57:00Z",
        "source": "hotline",
        "depth_m": 0.25,
        "site_id": "street-A",
        "has_photo": False,
    }


async def test_the_same_call_twice_is_one_report(room: Served) -> None:
    key = {"Idempotency-Key": "call-1"}
    async with room.http("hotline") as http:
        first, again = [(await http.post(PATH, json=CALL, headers=key)).json() for _ in range(2)]
        other = await http.post(PATH, json=CALL | {"depth_m": 0.3}, headers=key)
        with_photo = await http.post(PATH, json=CALL | {"photo": png(2, 2)}, headers=key)
        listed = (await http.get(PATH)).json()["items"]
    assert first == again
    assert (other.status_code, with_photo.status_code, len(listed)) == (409, 409, 1)


async def test_a_crew_sends_a_photograph_and_an_officer_sees_it(room: Served) -> None:
    photograph = png(1600, 900, b"\x00" * 400_000)  # 400 kB: in base64 nine times what any other request may have
    seen = CALL | {"source": "crew", "photo": photograph}
    async with room.http("crew-T1") as crew, room.http("officer") as officer:
        made = (await crew.post(PATH, json=seen)).raise_for_status().json()
        assert (made["has_photo"], made["team_id"]) == (True, "T1")
        path = f"{PATH}/{made['report_id']}/photo"
        answer = await officer.get(path)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.content == base64.b64decode(photograph)
        assert (await crew.get(path)).status_code == 403
        assert (await officer.get(f"{PATH}/999/photo")).status_code == 404


async def test_a_report_that_cannot_be_is_refused_with_a_sentence(room: Served) -> None:
    async with room.http("officer") as http:
        for otherwise, status, sentence in (
            ({"depth_m": 25}, 422, "less than or equal to 20"),
            ({"text": " "}, 422, "body.text"),
            ({"text": "水" * 1001}, 422, "at most 1000 characters"),
            ({"text": "\u0000"}, 422, "body.text"),
            ({"reported_at": "2020-07-20T11:57:00+08:00"}, 409, "more than 31 days ago"),
            ({"source": "gauge"}, 422, "'hotline', 'post' or 'crew'"),
            ({"site_id": "street-Z"}, 404, "There is no site street-Z"),
            ({"photo": "not base64!"}, 422, "a PNG or a JPEG of at most 1600 px a side and 512 KiB"),
            ({"photo": png(1601, 2)}, 422, "a PNG or a JPEG of at most 1600 px a side and 512 KiB"),
            ({"photo": png(2, 2, b"\x00" * 550_000)}, 422, "a PNG or a JPEG of at most 1600 px a side and 512 KiB"),
        ):
            answer = await http.post(PATH, json=CALL | otherwise)
            assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True), answer.text
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert (await http.get(PATH)).json()["items"] == []


async def test_who_saw_it_decides_who_may_take_it_down(room: Served) -> None:
    allowed = {
        "viewer": (403, 403, 403),
        "hotline": (200, 200, 403),
        "crew-T1": (403, 403, 200),
        "officer": (200, 200, 200),
        "admin": (200, 200, 200),
    }
    for user, statuses in allowed.items():
        async with room.http(user) as http:
            found = [
                (await http.post(PATH, json=CALL | {"source": s})).status_code for s in ("hotline", "post", "crew")
            ]
            reads = [(await http.get(path)).status_code for path in (PATH, LAYER)]
        assert (user, tuple(found), reads) == (user, statuses, [403 if user == "crew-T1" else 200] * 2)
    async with room.http() as nobody:
        assert [(await nobody.get(path)).status_code for path in (PATH, LAYER)] == [401, 401]


async def test_the_desk_sees_what_the_wall_sees_and_decides_nothing(room: Served) -> None:
    async with room.http("hotline") as http:
        assert (await http.get("/api/v1/sites")).status_code == 200
        assert (await http.post("/api/v1/orders/1/confirm", json={})).status_code == 403
        assert (await http.get("/api/v1/quarantine")).status_code == 403


async def test_lists_are_paged_and_told_apart_and_the_map_forgets_what_is_old(room: Served) -> None:
    old = CALL | {"source": "post", "reported_at": "2021-07-20T05:00:00+08:00", "site_id": None}  # seven hours before
    ahead = CALL | {"reported_at": "2021-07-20T23:00:00+08:00"}
    async with room.http("officer") as http:
        for body in (old, CALL, ahead):
            (await http.post(PATH, json=body)).raise_for_status()
        first = (await http.get(PATH, params={"limit": 2})).json()
        second = (await http.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        posts = (await http.get(PATH, params={"source": "post"})).json()["items"]
        at_a = (await http.get(PATH, params={"site_id": "street-A"})).json()["items"]
        shown = (await http.get(LAYER)).json()["features"]
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert (second["items"], len(at_a), len(shown)) == (posts, 2, 2)
    assert first["items"][0]["reported_at"] == first["items"][0]["received_at"]  # nobody sees what is to come


async def test_the_journal_knows_of_a_report_and_not_what_it_says(room: Served) -> None:
    async with room.http("hotline") as http:
        made = (await http.post(PATH, json=CALL)).raise_for_status().json()
    async with room.context.database.connection() as connection:
        [entry] = [one for one in await journal.since(connection, 0) if one["entity"] == "report"]
    assert (entry["kind"], entry["entity_id"], entry["actor"]) == ("report.made", made["report_id"], "hotline")
    assert entry["after"]["depth_m"] == 0.25
    assert "小腿" not in str(entry)


async def test_only_a_report_may_be_as_large_as_a_photograph() -> None:
    async def taken(scope: Scope, receive: Receive, send: Send) -> None:
        await Response()(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(Gate(taken)), base_url="http://room") as http:
        for path, most in ((PATH, 768 * 1024), ("/api/v1/orders/1/confirm", 64 * 1024)):
            sizes = (most, most + 1)
            assert [(await http.post(path, content=b" " * size)).status_code for size in sizes] == [200, 413]
