"""Readings summed up, as docs/reference/http.md promises; and what a reading is worth, wherever it is shown."""

from datetime import timedelta
from typing import Any

from dashboard_api.testing.five import rain
from dashboard_api.testing.served import Served
from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.upkeep import Span
from floodcore.store import changed
from floodcore.store.database import Database
from floodcore.store.readings import store_readings
from floodcore.store.register import put_sensor
from floodcore.testing.five_streets import NOON
from ingest.quality.judging import judge
from ingest.upkeep.turn import take_turn

MINUTE = timedelta(minutes=1)
A = "/api/v1/sites/street-A"


async def correct(room: Served, action: str, value: float | None = None) -> None:
    """The duty officer says what A's newest reading is worth; upkeep hears of it."""
    async with room.context.database.connection() as connection:
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at)"
            " VALUES (1, %(at)s, %(at)s, %(action)s, %(value)s, 'officer', 'seen on the spot', %(now)s)",
            {"at": NOON, "action": action, "value": value, "now": room.context.clock.now()},
        )
        await changed.note(connection, [Span(sensor_id=1, earliest=NOON, latest=NOON)])
    await take_turn(room.context.database, room.context.clock, judge)


async def items(room: Served, what: str, **asked: Any) -> list[dict[str, Any]]:
    async with room.http("viewer") as http:
        answer = await http.get(f"{A}/{what}", params=asked)
    found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return found


async def test_five_minutes_of_a_street_are_one_line(room: Served) -> None:
    """10, 20 and 30 cm at 11:58, 11:59 and 12:00: noon begins five minutes of its own."""
    await take_turn(room.context.database, room.context.clock, judge)
    assert await items(room, "rollups") == [
        {
            "sensor_id": "1",
            "begins": begins,
            "count": n,
            "bad": 0,
            "mean": mean,
            "min": lowest,
            "max": highest,
            "last": highest,
            "sum": None,
        }
        for begins, n, mean, lowest, highest in (
            ("2021-07-20T03:55:00Z", 2, (0.1 + 0.2) / 2, 0.1, 0.2),
            ("2021-07-20T04:00:00Z", 1, 0.3, 0.3, 0.3),
        )
    ]
    counts = {
        every: [one["count"] for one in await items(room, "rollups", every=every)] for every in ("1m", "15m", "1h")
    }
    assert counts == {"1m": [1, 1, 1], "15m": [2, 1], "1h": [2, 1]}


async def test_rollups_are_asked_for_by_their_beginnings_and_page_by_cursor(room: Served) -> None:
    await rain(room.context.database, "A", *[0.1] * 7, until=NOON + 6 * MINUTE)
    await take_turn(room.context.database, room.context.clock, judge)
    asked = {"every": "1m", "from": "2021-07-20T12:01:00+08:00", "to": "2021-07-20T12:05:00+08:00", "limit": 2}
    begins: list[str] = []
    async with room.http("viewer") as http:
        while True:
            page = (await http.get(f"{A}/rollups", params=asked)).raise_for_status().json()
            begins += [one["begins"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        assert begins == [f"2021-07-20T04:0{minute}:00Z" for minute in range(1, 6)]
        for wrong in ({"every": "2m"}, {"quantity": "depth"}):
            assert (await http.get(f"{A}/rollups", params=wrong)).status_code == 422
        assert (await http.get("/api/v1/sites/nowhere/rollups")).status_code == 404
    async with room.http() as http:
        assert (await http.get(f"{A}/rollups")).status_code == 401


async def test_of_rain_the_sum_is_told(room: Served) -> None:
    await pour(room.context.database, 0.25, 1.5, 0.0)
    await take_turn(room.context.database, room.context.clock, judge)
    (hour,) = await items(room, "rollups", quantity="rain", every="1h")
    assert (hour["count"], hour["sum"], hour["max"]) == (3, 1.75, 1.5)


async def pour(database: Database, *amounts_mm: float) -> None:
    async with database.connection() as connection:
        await put_sensor(connection, device_id="gauge-A", site_id="street-A", quantity=Quantity.RAIN)
        readings = [
            Reading(
                device_id="gauge-A",
                quantity=Quantity.RAIN,
                observed_at=NOON - (1 + minutes) * MINUTE,
                received_at=NOON,
                value=amount,
            )
            for minutes, amount in enumerate(amounts_mm)
        ]
        await store_readings(connection, readings)


async def test_a_reading_shows_what_it_is_worth_and_what_the_gauge_said(room: Served) -> None:
    await correct(room, "set", 0.05)
    newest = (await items(room, "readings"))[-1]
    assert {key: newest[key] for key in ("value", "raw", "quality", "flags")} == {
        "value": 0.05,
        "raw": 0.3,
        "quality": newest["quality"],
        "flags": newest["flags"],
    }
    assert "corrected" in newest["flags"]
    assert [one["max"] for one in await items(room, "rollups")] == [0.2, 0.05]
    first = (await items(room, "readings"))[0]
    assert (first["value"], first["raw"], "corrected" in first["flags"]) == (0.1, None, False)


async def test_the_newest_reading_reaches_the_wall_again_when_it_is_judged_otherwise(room: Served) -> None:
    """Without an announcement: the wall's own look finds it."""
    async with room.live() as live:
        for _ in range(2):
            await live.next()
        await correct(room, "bad")
        reading = (await live.until("readings", "1"))["changes"]["readings"]["1"]
        assert (reading["value"], reading["quality"], reading["level"]) == (0.3, "bad", None)
        assert "held_bad" in reading["flags"]
        await correct(room, "set", 0.16)
        reading = (await live.until("readings", "1"))["changes"]["readings"]["1"]
    assert (reading["value"], reading["raw"], reading["level"]) == (0.16, 0.3, 1)


async def test_while_somebody_works_at_a_gauge_its_readings_are_no_water(room: Served) -> None:
    """Also before anybody has judged them."""
    async with room.context.database.connection() as connection:
        await connection.execute(
            "INSERT INTO maintenance (device_id, begins, ends, reason, author)"
            " VALUES ('gauge-A', %(begins)s, %(ends)s, 'cleaning', 'officer')",
            {"begins": NOON - 1.5 * MINUTE, "ends": NOON + MINUTE},
        )
    assert [one["quality"] for one in await items(room, "readings")] == ["unchecked", "bad", "bad"]
    async with room.live() as live:
        while True:
            message = await live.next()
            said = (message.get("state") or message.get("changes") or {}).get("readings", {}).get("1")
            if said and said["quality"] == "bad":
                break
    assert said["level"] is None
