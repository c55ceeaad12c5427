"""The door of a simulated world, from outside: who may, what changes, and what is refused with a sentence."""

from collections.abc import AsyncIterator

import httpx
import pytest

from simulators.instruments.bank import Bank
from simulators.instruments.rates import NONE
from simulators.testing.two_bowls import NOON, Buckets, Steady, two_bowls
from simulators.world.door import Rooms, door
from simulators.world.world import World

TOKEN = "open sesame"


@pytest.fixture
def rooms() -> Rooms:
    city = two_bowls()
    return Rooms(World(city, Steady(), Buckets((0.0, 220.0)), start=NOON), Bank(city.gauges, NOON, 1, NONE))


@pytest.fixture
async def client(rooms: Rooms) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(door(rooms, TOKEN))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://world", headers=headers) as client:
        yield client


async def test_who_has_no_token_changes_and_sees_nothing(client: httpx.AsyncClient, rooms: Rooms) -> None:
    pumping = {"site_id": "B", "team_id": "team-1", "m3_h": 360}
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic b3Blbg=="}):
        assert (await client.post("/pumps", json=pumping, headers=headers)).status_code == 401
        assert (await client.get("/state", headers=headers)).status_code == 401
    assert rooms.world.pumping == {}


async def test_a_team_pumps_until_it_says_that_it_stops(client: httpx.AsyncClient, rooms: Rooms) -> None:
    told = await client.post("/pumps", json={"site_id": "B", "team_id": "team-1", "m3_h": 360})
    assert told.status_code == 204
    assert (await client.get("/state")).json()["pumping"] == {"B": {"team-1": 360.0}}
    await client.post("/pumps", json={"site_id": "B", "team_id": "team-1", "m3_h": 0})
    assert rooms.world.pumping == {}


async def test_the_water_is_told_by_place_and_for_every_node(client: httpx.AsyncClient, rooms: Rooms) -> None:
    rooms.minute = rooms.world.step()  # B: 2.2 m and a decimetre of rain, its road at 2 m
    places = (await client.get("/water")).json()
    assert places["road_m"] == {"A": 0.0, "B": 0.3}
    assert places["at"] == "2021-07-20T12:01:00+00:00"
    assert (await client.get("/water/roads")).json()["node_m"] == [0.0, 0.3]


async def test_before_the_first_minute_nobody_knows_of_water(client: httpx.AsyncClient) -> None:
    assert (await client.get("/water")).json()["road_m"] == {}


async def test_a_silenced_device_says_nothing_until_it_speaks_again(client: httpx.AsyncClient, rooms: Rooms) -> None:
    def heard() -> set[str]:
        return {sent.device_id for _ in range(20) for sent in rooms.bank.observe(rooms.world.step())}

    assert "well-b" in heard()
    assert (await client.post("/silences", json={"device_id": "well-b"})).status_code == 204
    assert (await client.get("/state")).json()["silent"] == ["well-b"]
    assert "well-b" not in heard()
    await client.post("/silences", json={"device_id": "well-b", "silent": False})
    assert "well-b" in heard()


async def test_a_closed_road_is_known_until_it_is_opened(client: httpx.AsyncClient) -> None:
    await client.post("/closures", json={"site_id": "A", "team_id": "team-2", "closed": True})
    assert (await client.get("/state")).json()["closed"] == {"A": "team-2"}
    await client.post("/closures", json={"site_id": "A", "team_id": "team-2", "closed": False})
    assert (await client.get("/state")).json()["closed"] == {}


async def test_pumps_break_and_the_river_rises(client: httpx.AsyncClient, rooms: Rooms) -> None:
    assert (await client.post("/breakdowns", json={"site_id": "A"})).status_code == 204
    assert (await client.post("/rivers", json={"outfall": "b", "stage_m": 93.5})).status_code == 204
    assert (await client.get("/state")).json()["broken"] == ["A"]
    rooms.world.step()


async def test_a_branch_shows_what_the_crews_are_worth(client: httpx.AsyncClient, rooms: Rooms) -> None:
    rooms.world.pump("B", "team-1", 600.0)
    found = (await client.post("/branches", json={"minutes": 10})).json()
    assert [place["site_id"] for place in found["places"]] == ["B"]
    assert found["places"][0]["minutes_without"] == 10
    assert rooms.world.at == NOON


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/pumps", {"site_id": "nowhere", "team_id": "t", "m3_h": 1}, 404, "No place nowhere"),
        ("/pumps", {"site_id": "B", "team_id": "t", "m3_h": -1}, 422, None),
        ("/breakdowns", {"site_id": "B"}, 422, "has no pumps"),
        ("/silences", {"device_id": "nobody"}, 404, "No device nobody"),
        ("/closures", {"site_id": "nowhere", "team_id": "t", "closed": True}, 404, "No place nowhere"),
        ("/rivers", {"outfall": "nowhere", "stage_m": 90}, 404, "No model has an outfall"),
        ("/branches", {"minutes": 10_000}, 422, None),
    ],
    ids=["no place", "negative", "no pumps", "no device", "no road", "no outfall", "too far"],
)
async def test_what_cannot_be_is_a_sentence(
    client: httpx.AsyncClient, path: str, body: dict[str, object], status: int, says: str | None
) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == status
    if says:
        assert says in answer.json()["detail"]
        assert answer.headers["content-type"] == "application/problem+json"
