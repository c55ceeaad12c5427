"""Presence: which devices are there, and what they say about themselves."""

from datetime import timedelta
from typing import Any

import httpx

from dashboard_api.testing.five import rain
from dashboard_api.testing.served import Served
from floodcore.domain.reading import Quantity, Reading
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import NOON
from ingest.decode import Status
from ingest.presence import put_statuses

BY_WORK = """
    INSERT INTO maintenance (device_id, begins, ends, reason, author)
    VALUES ('gauge-B', %(noon)s - INTERVAL '1 hour', %(noon)s + INTERVAL '1 hour', 'a new battery', 'test'),
           ('gauge-C', %(noon)s - INTERVAL '2 hours', %(noon)s - INTERVAL '1 hour', 'cleaned', 'test')
"""


async def devices(http: httpx.AsyncClient, **asked: Any) -> dict[str, dict[str, Any]]:
    page = (await http.get("/api/v1/devices", params=asked)).raise_for_status().json()
    return {device["device_id"]: device for device in page["items"]}


async def test_a_device_tells_its_battery_and_each_quantity_when_it_was_heard(room: Served) -> None:
    late = NOON - timedelta(hours=1)
    own = [
        Reading(device_id="gauge-A", quantity=quantity, observed_at=late, received_at=NOON, value=value)
        for quantity, value in ((Quantity.BATTERY, 3.55), (Quantity.RSSI, -101.0))
    ]
    async with room.live() as wall, room.http("viewer") as http:
        async with room.context.database.connection() as connection:
            stored = await store_readings(connection, own)
        await wall.until("readings", str(stored.sensor_ids[0]))  # both at once: they were stored together
        found = await devices(http)
    gauge = found["gauge-A"]
    assert (gauge["presence"], gauge["battery_v"], gauge["signal_dbw"]) == ("online", 3.55, -101.0)
    heard = {one["quantity"]: one for one in gauge["quantities"]}
    assert heard["battery"]["delay_s"] == 3600.0, "a clock that is an hour behind can be seen"
    assert heard["level"]["delay_s"] == 0.0
    assert found["gauge-B"]["presence"] == "unknown", "a device that has never reported"
    assert found["gauge-B"]["last_seen"] is None


async def test_a_word_that_the_broker_has_kept_makes_no_silent_device_online(room: Served) -> None:
    # The gauge was last heard three days ago; a broker that comes back delivers its retained "online" today.
    said = Status(device_id="gauge-B", status="online", at=NOON)
    async with room.live() as wall, room.http("viewer") as http:
        async with room.context.database.connection() as connection:
            await put_statuses(connection, [said])
        (sensor_id,) = await rain(room.context.database, "B", 0.05, until=NOON - timedelta(days=3))
        await wall.until("readings", sensor_id)
        gauge = (await devices(http))["gauge-B"]
    assert (gauge["status"], gauge["presence"]) == ("online", "stale")
    assert gauge["last_seen"] == "2021-07-17T04:00:00Z"


async def test_a_device_that_somebody_works_at_says_until_when(room: Served) -> None:
    async with room.context.database.connection() as connection:
        await connection.execute(BY_WORK, {"noon": NOON})
    async with room.http("viewer") as http:
        found = await devices(http)
    assert found["gauge-B"]["presence"] == "maintenance"
    assert found["gauge-B"]["maintained_until"] == "2021-07-20T05:00:00Z"
    assert found["gauge-C"]["maintained_until"] is None, "that work is done"


async def test_any_gis_opens_the_layer_of_devices(room: Served) -> None:
    async with room.http("viewer") as http:
        answer = await http.get("/api/v1/features/devices")
    assert answer.headers["Content-Type"] == "application/geo+json"
    a, *_, e = answer.json()["features"]
    assert (a["id"], a["geometry"]["coordinates"]) == ("gauge-A", [113.64, 34.75])
    assert {name: a["properties"][name] for name in ("presence", "site_id", "position", "battery_v")} == {
        "presence": "online",
        "site_id": "street-A",
        "position": "constructed",
        "battery_v": None,
    }
    assert (e["id"], e["geometry"]) == ("gauge-E", None), "its site has no position"


async def test_a_crew_has_no_business_with_devices(room: Served) -> None:
    async with room.http("crew-T1") as http:
        for path in ("/api/v1/devices", "/api/v1/features/devices"):
            assert (await http.get(path)).status_code == 403
