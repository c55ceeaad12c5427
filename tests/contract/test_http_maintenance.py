"""Work at devices over HTTP: who may say so, what is answered, and what is refused."""

from typing import Any

from dashboard_api.testing.five import journal_kinds
from dashboard_api.testing.served import Served

# The room's clock stands just after noon, 04:00 UTC.
WORK = {"device_id": "gauge-A", "ends": "2021-07-20T14:00:00+08:00", "reason": "a new battery"}
PATH = "/api/v1/maintenance"


async def test_an_officer_says_that_somebody_works_at_a_device_and_that_it_is_done(room: Served) -> None:
    async with room.http("officer") as http:
        made = (await http.post(PATH, json=WORK)).raise_for_status().json()
        assert (made["device_id"], made["ends"], made["author"], made["state"]) == (
            "gauge-A",
            "2021-07-20T06:00:00Z",
            "officer",
            "under_way",
        )
        assert made["begins"].startswith("2021-07-20T04:00:"), "it began when it was said"
        listed = (await http.get("/api/v1/devices")).json()["items"]
        assert listed[0]["presence"] == "maintenance"
        done = (await http.post(f"{PATH}/{made['maintenance_id']}/end")).raise_for_status().json()
        assert done["state"] == "over"
        assert done["ends"] < made["ends"]
        items = (await http.get(PATH, params={"device_id": "gauge-A", "state": "over"})).json()["items"]
        assert items == [done]
        assert (await http.get(PATH, params={"state": "planned"})).json()["items"] == []
    kinds = await journal_kinds(room.context.database)
    assert [kind for kind in kinds if kind.startswith("maintenance")] == ["maintenance.planned", "maintenance.ended"]


async def test_a_repeated_request_is_the_same_work(room: Served) -> None:
    async with room.http("officer") as http:
        answers = [(await http.post(PATH, json=WORK, headers={"Idempotency-Key": "one"})).json() for _ in range(2)]
        assert answers[0] == answers[1]
        assert len((await http.get(PATH)).json()["items"]) == 1
        other = await http.post(PATH, json=WORK | {"reason": "cleaning"}, headers={"Idempotency-Key": "one"})
        assert other.status_code == 409


async def test_what_cannot_be_is_refused_in_a_sentence(room: Served) -> None:
    def said(**otherwise: Any) -> dict[str, Any]:
        return WORK | otherwise

    async with room.http("officer") as http:
        unknown = await http.post(PATH, json=said(device_id="nobody"))
        assert (unknown.status_code, unknown.json()["detail"]) == (
            404,
            "There is no device nobody in the register; see the list of devices.",
        )
        backwards = await http.post(PATH, json=said(begins="2021-07-21T00:00:00Z"))
        assert (backwards.status_code, backwards.json()["detail"]) == (
            422,
            "It begins at 2021-07-21 00:00:00 UTC and ends before that, at 2021-07-20 06:00:00 UTC; exchange them.",
        )
        past = await http.post(PATH, json=said(ends="2021-07-20T11:00:00.5+08:00"))
        assert (past.status_code, past.json()["detail"]) == (
            422,
            "Its end is past, at 2021-07-20 03:00:00 UTC; give a later one, or a begin before it.",
        )
        for body in (said(reason="   "), said(ends="tomorrow"), said(why="?"), {"device_id": "gauge-A"}):
            assert (await http.post(PATH, json=body)).status_code == 422, body
        assert (await http.post(f"{PATH}/999/end")).status_code == 404


async def test_who_looks_on_sees_work_and_plans_none(room: Served) -> None:
    async with room.http("viewer") as viewer, room.http("crew-T1") as crew:
        assert (await viewer.get(PATH)).status_code == 200
        assert (await viewer.post(PATH, json=WORK)).status_code == 403
        assert (await crew.get(PATH)).status_code == 403
