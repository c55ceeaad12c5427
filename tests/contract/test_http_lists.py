"""Lists by pages, filters, and map layers."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard_api.testing.five import flood, rain
from dashboard_api.testing.served import Served
from floodcore.domain.reading import Reason, Rejected
from floodcore.store.quarantine import keep
from floodcore.testing.five_streets import NOON

MINUTE = timedelta(minutes=1)
RUN = """
    WITH run AS (INSERT INTO forecast_run (issue_time, created_at, produced_by)
        VALUES (%(at)s, %(at)s, 'persistence') RETURNING run_id)
    INSERT INTO forecast_value
    SELECT run_id, 'street-A', %(at)s, %(at)s + lead, 0.1, 0.2, 0.3, 0.4, 0.5, '{"1": 1.0, "2": 0.25}'
    FROM run, unnest(ARRAY['15 min', '30 min']::interval[]) AS lead
"""


async def all_pages(http: httpx.AsyncClient, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items, two at a time."""
    items, cursor = [], None
    while True:
        given = {**parameters, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await http.get(f"/api/v1{path}", params=given)).raise_for_status().json()
        assert len(page["items"]) <= 2
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


async def test_every_item_is_on_one_page(room: Served) -> None:
    database, clock = room.context.database, room.context.clock
    for street, team_id in (("A", "T1"), ("B", "T2")):
        await flood(database, clock, street, team_id)
    for minutes in range(3):
        async with database.connection() as connection:
            await connection.execute(RUN, {"at": NOON - 5 * minutes * MINUTE})
    async with database.connection() as connection:
        broken = [
            Rejected(
                topic="onemap/v1/devices/gauge-A/telemetry",
                payload=payload,
                content_type=None,
                reason=Reason.UNREADABLE,
                detail="The payload is not JSON.",
                received_at=NOON,
            )
            for payload in (b"\xff{", b"[", b"{")
        ]
        await keep(connection, broken)
    async with room.http("officer") as http:
        assert [site["site_id"] for site in await all_pages(http, "/sites")] == [f"street-{c}" for c in "ABCDE"]
        assert [team["team_id"] for team in await all_pages(http, "/teams")] == ["T1", "T2"]
        readings = await all_pages(http, "/sites/street-A/readings")
        assert [reading["value"] for reading in readings] == [0.1, 0.2, 0.3]
        assert [run["sites"] for run in await all_pages(http, "/forecasts")] == [1, 1, 1]
        forecasts = await all_pages(http, "/sites/street-A/forecasts")
        assert [one["issue_time"] for one in forecasts] == [f"2021-07-20T{t}:00Z" for t in ("04:00", "03:55", "03:50")]
        assert [lead["lead_min"] for lead in forecasts[0]["leads"]] == [15, 30]
        assert forecasts[0]["leads"][0]["p"] == {"1": 1.0, "2": 0.25}
        incidents = await all_pages(http, "/incidents")
        assert [incident["site_id"] for incident in incidents] == ["street-B", "street-A"]
        assert incidents[0]["alarm"]["state"] == "new"
        assert [order["team_id"] for order in await all_pages(http, "/orders")] == ["T2", "T1"]
        messages = await all_pages(http, "/quarantine")
        assert [message["reason"] for message in messages] == ["unreadable"] * 3
        assert "\\xff{" in {message["beginning"] for message in messages}


async def test_lists_can_be_narrowed(room: Served) -> None:
    database, clock = room.context.database, room.context.clock
    await flood(database, clock, "A", "T1")
    await rain(database, "A", 0.5, until=NOON + MINUTE)
    async with database.connection() as connection:
        for minutes in (0, 5):
            await connection.execute(RUN, {"at": NOON - minutes * MINUTE})
    async with room.http("viewer") as http:
        a = "/sites/street-A"
        span = {"from": "2021-07-20T12:00:00+08:00", "to": "2021-07-20T12:01:00+08:00"}
        assert [one["value"] for one in await all_pages(http, f"{a}/readings", **span)] == [0.3, 0.5]
        assert await all_pages(http, f"{a}/readings", quantity="rain") == []
        assert len(await all_pages(http, f"{a}/forecasts", issued_after="2021-07-20T04:00:00Z")) == 1
        assert len(await all_pages(http, f"{a}/forecasts", issued_before="2021-07-20T03:55:00Z")) == 1
        assert await all_pages(http, f"{a}/forecasts", forecaster="model") == []
        assert len(await all_pages(http, "/incidents", state="open")) == 1
        assert await all_pages(http, "/incidents", state="closed") == []
        assert len(await all_pages(http, "/orders", state="proposed", team_id="T1")) == 1
        assert await all_pages(http, "/orders", team_id="T2") == []


async def test_a_layer_that_is_none_is_answered_with_all_that_there_are(room: Served) -> None:
    async with room.http("viewer") as http:
        answer = await http.get("/api/v1/features/foo")
        paths = (await http.get("/api/v1/openapi.json")).json()["paths"]
    all_of_them = "devices, districts, metro, ponding_points, reports, sites, teams"
    assert (answer.status_code, all_of_them in answer.json()["detail"]) == (404, True)
    alone = {path.rpartition("/")[2] for path in paths if path.startswith("/api/v1/features/")} - {"{layer}"}
    assert alone == {"devices", "districts", "metro", "reports"}


async def test_any_gis_opens_the_layers(room: Served) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    async with room.http("viewer") as http:
        for layer in ("districts", "metro", "ponding_points", "sites", "teams"):
            answer = await http.get(f"/api/v1/features/{layer}")
            assert answer.headers["Content-Type"] == "application/geo+json"
            assert answer.json()["type"] == "FeatureCollection"
            found[layer] = answer.json()["features"]
        plain = await http.get("/api/v1/features/metro", headers={"Accept-Encoding": "identity"})
    assert plain.json()["features"] == found["metro"]
    assert {layer: len(features) for layer, features in found.items()} == {
        "districts": 12,
        "metro": 235 + 12,
        "ponding_points": 121,
        "sites": 5,
        "teams": 2,
    }
    mapped = [one for one in found["ponding_points"] if one["geometry"]]
    assert {one["properties"]["position"] for one in mapped} == {"approximate"}
    assert len(mapped) == 34
    a, *_, e = found["sites"]
    assert (a["geometry"]["coordinates"], a["properties"]["depth_m"], a["properties"]["level"]) == (
        [113.64, 34.75],
        0.3,
        2,
    )
    assert (e["id"], e["geometry"]) == ("street-E", None)


async def test_a_deployers_layers_are_served_as_they_lie(
    room: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    river = {"type": "Feature", "geometry": None, "properties": {"name": "R", "provenance": "real"}}
    text = json.dumps({"type": "FeatureCollection", "features": [river]}).encode()
    (tmp_path / "rivers.geojson.gz").write_bytes(gzip.compress(text))
    (tmp_path / "roads.geojson").write_bytes(b"{")
    room.context.settings.map.layers = tmp_path
    async with room.http("viewer") as http:
        listed = (await http.get("/api/v1/features")).json()["items"]
        rivers = await http.get("/api/v1/features/rivers")
        plain = await http.get("/api/v1/features/rivers", headers={"Accept-Encoding": "identity"})
        again = await http.get("/api/v1/features/rivers", headers={"If-None-Match": rivers.headers["ETag"]})
        garbage = await http.get("/api/v1/features/roads")
        hostile = [
            (await http.get(f"/api/v1/features/{name}")).status_code
            for name in ("..%2Frivers", "Rivers", "rivers.geojson", "%00", "a" * 41, "%E6%B2%B3")
        ]
    assert [one["layer"] for one in listed if one["is_own"]] == ["rivers"]
    assert (rivers.headers["Content-Encoding"], rivers.json()["features"]) == ("gzip", [river])
    assert (plain.content, again.status_code, garbage.status_code) == (text, 304, 404)
    assert set(hostile) <= {404, 422}
    assert caplog.text.count("roads.geojson is passed over") == 1


async def test_without_a_folder_or_with_one_that_is_gone_there_are_the_products_layers_alone(
    room: Served, tmp_path: Path
) -> None:
    async with room.http("viewer") as http:
        before = (await http.get("/api/v1/features")).json()["items"]
        room.context.settings.map.layers = tmp_path / "gone"
        assert (await http.get("/api/v1/features")).json()["items"] == before
        assert (await http.get("/api/v1/features/rivers")).status_code == 404
    assert [one["layer"] for one in before] == sorted(
        ["devices", "districts", "metro", "ponding_points", "reports", "sites", "teams"]
    )
    async with room.http() as http:
        assert (await http.get("/api/v1/features")).status_code == 401
