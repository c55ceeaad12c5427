"""Signing in: cookies, roles, limits, and requests that come from elsewhere."""

import httpx

from dashboard_api.accounts import put_user
from dashboard_api.failures import MOST
from dashboard_api.sessions import COOKIE
from dashboard_api.testing.five import flood
from dashboard_api.testing.served import Served

SESSION = "/api/v1/session"
GOOD = {"user": "officer", "password": "correct horse"}
ALL = ("nobody", "viewer", "officer", "admin", "crew-T1", "crew-T2")


async def register(room: Served) -> None:
    async with room.context.database.connection() as connection:
        await put_user(connection, "officer", "correct horse", "officer")


async def test_a_session_from_its_beginning_to_its_end(room: Served) -> None:
    await register(room)
    async with room.http() as http:
        assert (await http.get(SESSION)).status_code == 401
        opened = await http.post(SESSION, json=GOOD)
        me = {"user": {"name": "officer", "role": "officer", "team_id": None}}
        assert (opened.status_code, opened.json()) == (200, me)
        cookie = opened.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
        assert (await http.get(SESSION)).json() == me
        token = http.cookies[COOKIE]
        assert (await http.delete(SESSION)).status_code == 204
        http.cookies[COOKIE] = token  # a thief kept it
        assert (await http.get(SESSION)).status_code == 401


async def test_over_tls_the_cookie_stays_there(room: Served) -> None:
    await register(room)
    async with room.http() as http:
        opened = await http.post(SESSION, json=GOOD, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in opened.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in opened.headers


async def test_the_same_account_again_keeps_its_sessions_and_a_new_password_ends_them(room: Served) -> None:
    await register(room)
    async with room.http() as http:
        await http.post(SESSION, json=GOOD)
        await register(room)
        assert (await http.get(SESSION)).status_code == 200
        async with room.context.database.connection() as connection:
            await put_user(connection, "officer", "another", "officer")
        assert (await http.post(SESSION, json=GOOD)).status_code == 401


async def test_ten_failures_a_minute_and_then_one_waits(room: Served) -> None:
    await register(room)
    async with room.http() as http:
        wrong = [(await http.post(SESSION, json={**GOOD, "password": "x"})).status_code for _ in range(MOST)]
        refused = await http.post(SESSION, json=GOOD)
        other = await http.post(SESSION, json={"user": "viewer", "password": "x"})
    assert wrong == [401] * MOST
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert other.status_code == 401


async def test_a_page_of_another_site_changes_nothing_here(room: Served) -> None:
    asked = {
        "no browser": ({}, 401),
        "another site": ({"Origin": "http://evil.example"}, 403),
        "a hidden origin": ({"Origin": "null"}, 403),
        "another site, no origin": ({"Sec-Fetch-Site": "cross-site"}, 403),
        "this site, no origin": ({"Sec-Fetch-Site": "same-origin"}, 401),
    }
    async with httpx.AsyncClient(base_url=room.address, trust_env=False) as http:
        for who, (headers, status) in asked.items():
            assert (await http.post(SESSION, json=GOOD, headers=headers)).status_code == status, who


ORDER = "/api/v1/orders/{order}"
MATRIX = {
    # (method, path): statuses of nobody, viewer, officer, admin, the order's crew, another crew
    ("GET", "/api/v1/sites"): (401, 200, 200, 200, 200, 200),
    ("GET", "/api/v1/sites/street-A/readings"): (401, 200, 200, 200, 200, 200),
    ("GET", "/api/v1/forecasts"): (401, 200, 200, 200, 403, 403),
    ("GET", "/api/v1/quarantine"): (401, 403, 200, 200, 403, 403),
    ("GET", "/api/v1/incidents/{incident}"): (401, 200, 200, 200, 200, 404),
    ("GET", ORDER): (401, 200, 200, 200, 200, 404),
    ("GET", "/api/v1/teams/T1"): (401, 200, 200, 200, 200, 404),
    ("GET", "/api/v1/features/districts"): (200, 200, 200, 200, 200, 200),
    ("GET", "/api/v1/features/metro"): (200, 200, 200, 200, 200, 200),
    ("GET", "/api/v1/features/ponding_points"): (401, 200, 200, 200, 200, 200),
    ("POST", "/api/v1/teams/T1/position"): (401, 403, 403, 403, 200, 403),
    ("POST", "/api/v1/incidents/{incident}/acknowledge"): (401, 403, 200, 200, 403, 403),
    ("POST", f"{ORDER}/confirm"): (401, 403, 200, 200, 403, 403),
    ("POST", f"{ORDER}/acknowledge"): (401, 403, 200, 200, 200, 404),
    ("POST", f"{ORDER}/recall"): (401, 403, 200, 200, 403, 403),
}


async def test_who_may_do_what(room: Served) -> None:
    incident, order = await flood(room.context.database, room.context.clock)
    found: dict[tuple[str, str], list[int]] = {request: [] for request in MATRIX}
    for (method, path), statuses in found.items():
        body = {"lon": 113.6, "lat": 34.7} if "position" in path else {}
        for user in ALL:
            async with room.http(None if user == "nobody" else user) as http:
                url = path.format(incident=incident, order=order)
                answer = await http.request(method, url, json=body if method == "POST" else None)
                statuses.append(answer.status_code)
    assert {request: tuple(statuses) for request, statuses in found.items()} == MATRIX
