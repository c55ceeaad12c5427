"""What people say about readings, over HTTP."""

from typing import Any

from dashboard_api.testing.served import Served

PATH = "/api/v1/corrections"
# The three readings of the room: 10, 20 and 30 cm at A, a minute apart until noon.
WORD = {
    "site_id": "street-A",
    "quantity": "level",
    "from": "2021-07-20T11:59:00+08:00",
    "to": "2021-07-20T12:00:00+08:00",
    "action": "set",
    "value": 0.15,
    "reason": "a bag lay under the head",
}


async def test_an_officer_says_what_readings_are_and_takes_it_back(room: Served) -> None:
    async with room.http("officer") as http:
        made = (await http.post(PATH, json=WORD)).raise_for_status().json()
        assert {key: made[key] for key in ("from", "to", "action", "value", "reason", "author")} == {
            "from": "2021-07-20T03:59:00Z",
            "to": "2021-07-20T04:00:00Z",
            "action": "set",
            "value": 0.15,
            "reason": "a bag lay under the head",
            "author": "officer",
        }
        assert (made["device_id"], made["site_id"], made["quantity"]) == ("gauge-A", "street-A", "level")
        of_sensor = {key: value for key, value in WORD.items() if key not in ("site_id", "quantity", "value")}
        second = await http.post(PATH, json=of_sensor | {"sensor_id": made["sensor_id"], "action": "bad"})
        assert second.status_code == 200
        listed = (await http.get(PATH, params={"sensor_id": made["sensor_id"]})).json()["items"]
        assert [one["action"] for one in listed] == ["bad", "set"]
        revoked = (await http.post(f"{PATH}/{made['correction_id']}/revoke")).raise_for_status().json()
        assert (revoked["revoked_by"], revoked["made_at"]) == ("officer", made["made_at"])
        assert (await http.get(PATH, params={"site_id": "street-A"})).json()["items"][1] == revoked
        assert (await http.get(PATH, params={"site_id": "street-B"})).json()["items"] == []


async def test_a_word_that_cannot_be_is_refused(room: Served) -> None:
    def said(**otherwise: Any) -> dict[str, Any]:
        return {key: value for key, value in (WORD | otherwise).items() if value is not None}

    async with room.http("officer") as http:
        for body, status, sentence in (
            (said(value=9999), 422, "No gauge shows a level of 9999 m"),
            (said(value=None), 422, "A correction that sets or shifts has a value"),
            (said(to="2021-07-20T11:00:00+08:00"), 422, "exchange them"),
            (said(to="2021-09-20T11:00:00+08:00"), 422, "longer than 31 days"),
            (
                said(reason=" "),
                422,
                "taken: body.reason: Say why, in one line of at most 500 characters: it stays on record.",
            ),
            (said(action="delete"), 422, "action"),
            (said(quantity=None), 422, "quantity"),
            (said(sensor_id="1"), 422, "site_id"),
            (said(quantity="rain"), 404, "There is no sensor of rain at street-A"),
        ):
            answer = await http.post(PATH, json=body)
            assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True), answer.json()
        assert (await http.get(PATH)).json()["items"] == []
        assert (await http.post(f"{PATH}/999/revoke")).status_code == 404


async def test_who_looks_on_says_nothing(room: Served) -> None:
    async with room.http("viewer") as viewer, room.http("crew-T1") as crew:
        assert (await viewer.get(PATH)).status_code == 200
        assert (await viewer.post(PATH, json=WORD)).status_code == 403
        assert (await crew.get(PATH)).status_code == 403
