"""An order's steps over HTTP: who repeats himself changes nothing, and everybody sees it at once."""

from datetime import timedelta

from dashboard_api.testing.five import flood, journal_kinds
from dashboard_api.testing.served import Served
from floodcore.store import journal
from floodcore.testing.five_streets import NOON

KEY = {"Idempotency-Key": "tap-1"}


async def test_from_the_officers_confirmation_to_the_crews_last_tap(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    path = f"/api/v1/orders/{order_id}"
    async with room.http("officer") as officer, room.http("crew-T1") as crew, room.live() as live:
        confirmed = await officer.post(f"{path}/confirm", json={"version": 1})
        assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
        assert (confirmed.json()["confirmed_by"], confirmed.json()["version"]) == ("officer", 2)
        for action, state in (
            ("acknowledge", "acknowledged"),
            ("depart", "en_route"),
            ("arrive", "on_scene"),
            ("finish", "done"),
        ):
            taken = await crew.post(f"{path}/{action}", json={"note": "好"})
            assert (taken.status_code, taken.json()["state"]) == (200, state)
        while (await live.until("orders", str(order_id)))["changes"]["orders"][str(order_id)]["state"] != "done":
            pass
    kinds = await journal_kinds(room.context.database)
    assert kinds[2:] == [f"order.{state}" for state in ("confirmed", "acknowledged", "en_route", "on_scene", "done")]


async def test_the_same_tap_twice_gets_the_first_answer_and_happens_once(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    path = f"/api/v1/orders/{order_id}"
    async with room.http("officer") as http:
        first = await http.post(f"{path}/confirm", json={"version": 1}, headers=KEY)
        await http.post(f"{path}/recall", json={})
        again = await http.post(f"{path}/confirm", json={"version": 1}, headers=KEY)
        another = await http.post(f"{path}/confirm", json={"version": 2}, headers=KEY)
        elsewhere = await http.post(f"{path}/recall", json={"version": 1}, headers=KEY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (another.status_code, elsewhere.status_code) == (409, 409)
    kinds = await journal_kinds(room.context.database)
    assert kinds[2:] == ["order.confirmed", "order.recalled"]


async def test_a_refusal_is_a_first_answer_too(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    path = f"/api/v1/orders/{order_id}"
    async with room.http("crew-T1") as crew, room.http("officer") as officer:
        refused = await crew.post(f"{path}/depart", json={}, headers=KEY)  # nobody has confirmed it yet
        await officer.post(f"{path}/confirm", json={})
        again = await crew.post(f"{path}/depart", json={}, headers=KEY)
        anew = await crew.post(f"{path}/depart", json={}, headers={"Idempotency-Key": "tap-2"})
    assert (refused.status_code, again.status_code, again.json()) == (409, 409, refused.json())
    assert again.headers["Content-Type"] == "application/problem+json"
    assert anew.json()["state"] == "en_route"


async def test_two_people_with_one_key_do_not_meet(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    async with room.http("officer") as officer, room.http("admin") as admin:
        await officer.post(f"/api/v1/orders/{order_id}/confirm", json={}, headers=KEY)
        other = await admin.post(f"/api/v1/orders/{order_id}/recall", json={}, headers=KEY)
    assert other.json()["state"] == "recalled"


async def test_who_decided_on_an_old_version_is_shown_the_present_state(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    path = f"/api/v1/orders/{order_id}"
    async with room.http("officer") as http:
        await http.post(f"{path}/confirm", json={"version": 1})
        late = await http.post(f"{path}/recall", json={"version": 1})
    assert late.status_code == 409
    assert "no longer at version 1" in late.json()["detail"]
    assert (late.json()["order"]["state"], late.json()["order"]["version"]) == ("confirmed", 2)


async def test_what_a_crew_says_beside_its_tap_is_kept_and_moves_the_team(room: Served) -> None:
    _, order_id = await flood(room.context.database, room.context.clock)
    said = {"client_time": "2021-07-20T12:00:00+08:00", "lon": 113.66, "lat": 34.76, "note": "出发"}
    async with room.http("officer") as officer, room.http("crew-T1") as crew:
        await officer.post(f"/api/v1/orders/{order_id}/confirm", json={})
        await crew.post(f"/api/v1/orders/{order_id}/depart", json=said)
    async with room.live() as live:
        await live.next()
        team = (await live.next())["state"]["teams"]["T1"]
        while team["position_at"] is None:
            team = (await live.until("teams", "T1"))["changes"]["teams"]["T1"]
    assert (team["lon"], team["lat"], team["position_at"]) == (113.66, 34.76, "2021-07-20T04:00:00Z")
    async with room.context.database.connection() as connection:
        last = (await journal.since(connection, 0))[-1]
    assert last["after"]["details"] == {**said, "client_time": "2021-07-20T04:00:00Z"}


async def test_a_phone_with_a_fast_clock_is_here_now(room: Served) -> None:
    later = (NOON + timedelta(days=1)).isoformat()
    async with room.http("crew-T1") as http:
        for minutes, is_newest in ((0, True), (-60, False)):
            at = later if minutes == 0 else (NOON + timedelta(minutes=minutes)).isoformat()
            fix = {"lon": 113.7, "lat": 34.7, "at": at}
            answer = await http.post("/api/v1/teams/T1/position", json=fix)
            assert answer.json() == {"team_id": "T1", "is_newest": is_newest}


async def test_an_alarm_is_acknowledged_once(room: Served) -> None:
    incident_id, _ = await flood(room.context.database, room.context.clock)
    path = f"/api/v1/incidents/{incident_id}/acknowledge"
    async with room.http("officer") as officer, room.http("admin") as admin:
        first = await officer.post(path, json={}, headers=KEY)
        again = await admin.post(path)
    assert first.json()["alarm"]["state"] == "acknowledged"
    assert again.json()["alarm"]["acknowledged_by"] == "officer"
