"""Every error is problem details, and tells a stranger nothing about the inside."""

from typing import Any

import pytest

from dashboard_api.edge.middleware import MOST_BYTES
from dashboard_api.testing.served import Served
from floodcore.store import journal

CONFIRM = "/api/v1/orders/1/confirm"
CASES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "no such path": ("GET", "/api/v1/nothing", {}, 404),
    "no such page": ("GET", "/nothing", {}, 404),
    "no such asset": ("GET", "/assets/../../../etc/passwd", {}, 404),
    "no such site": ("GET", "/api/v1/sites/street-Z", {}, 404),
    "no such team": ("GET", "/api/v1/teams/T9", {}, 404),
    "no such order": ("GET", "/api/v1/orders/99", {}, 404),
    "no such incident": ("POST", "/api/v1/incidents/99/acknowledge", {}, 404),
    "not this way": ("PUT", "/api/v1/sites", {}, 405),
    "no such action": ("POST", "/api/v1/orders/1/explode", {"json": {}}, 422),
    "no number": ("GET", "/api/v1/orders/one", {}, 422),
    "too many": ("GET", "/api/v1/sites?limit=1001", {}, 422),
    "a made-up cursor": ("GET", "/api/v1/orders?cursor=abc", {}, 422),
    "a time without offset": ("GET", "/api/v1/sites/street-A/readings?from=2021-07-20T12:00:00", {}, 422),
    "a field too many": ("POST", CONFIRM, {"json": {"force": True}}, 422),
    "no JSON": ("POST", CONFIRM, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
    "a zero byte": ("POST", CONFIRM, {"json": {"note": "\0"}}, 422),
    "a key too long": ("POST", CONFIRM, {"json": {}, "headers": {"Idempotency-Key": "k" * 129}}, 422),
    "too large": ("POST", CONFIRM, {"content": b" " * (MOST_BYTES + 1)}, 413),
}  # fmt: skip


async def test_every_error_is_problem_details(room: Served) -> None:
    wrong = {}
    async with room.http("officer") as http:
        for name, (method, path, more, status) in CASES.items():
            answer = await http.request(method, path, **more)
            body = answer.json()
            if (
                answer.status_code != status
                or answer.headers["Content-Type"] != "application/problem+json"
                or not {"type", "title", "status", "detail"} <= body.keys()
                or body["status"] != status
            ):
                wrong[name] = (answer.status_code, body)
    assert wrong == {}


async def test_a_body_that_is_no_json_says_where(room: Served) -> None:
    async with room.http("officer") as http:
        answer = await http.post(CONFIRM, content=b'{"note": }', headers={"Content-Type": "application/json"})
    assert answer.json()["faults"] == [{"where": "body", "detail": "the body is no JSON at character 10"}]


async def test_a_body_without_length_is_measured_as_it_comes(room: Served) -> None:
    async def endless() -> Any:
        for _ in range(3):
            yield b" " * (MOST_BYTES // 2)

    async with room.http("officer") as http:
        answer = await http.post(CONFIRM, content=endless())
    assert answer.status_code == 413


async def test_what_went_wrong_inside_stays_inside(room: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SQL", {})  # a bug
    async with room.http("officer") as http:
        answer = await http.post("/api/v1/incidents/1/acknowledge")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "KeyError" not in answer.text and "take_turn" not in answer.text


async def test_every_answer_keeps_browsers_out_of_harm(room: Served) -> None:
    async with room.http() as http:
        for path in ("/", "/api/v1/session", "/nothing"):
            headers = (await http.get(path)).headers
            assert "script-src 'self';" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "server" not in headers
        assert (await http.get("/api/v1/session")).headers["Cache-Control"] == "no-store"
