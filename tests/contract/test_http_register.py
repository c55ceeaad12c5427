"""The register over HTTP, and on the wall while it runs."""

from dashboard_api.testing.served import Served
from floodcore.register.given import read_files
from floodcore.register.revision import Tally
from floodcore.store.register_book import revise_register
from floodcore.testing.five_streets import NOON

NEW_SITE = {
    "sites.csv": b"site_id,name,kind,lon,lat\ntunnel,\xe9\x9a\xa7\xe9\x81\x93,underpass,113.64,34.75\n",
    "sensors.csv": b"device_id,quantity,site_id\nhead-1,level,tunnel\n",
    "thresholds.csv": b"site_id,level,valid_from,depth_m,source\ntunnel,blue,2021-01-01T00:00Z,0.2,city\n",
}


async def test_what_goes_out_comes_in_again_unchanged(room: Served) -> None:
    async with room.http("admin") as http:
        answers = {
            name: await http.get(f"/api/v1/register/{name}")
            for name in ("sites.csv", "sites.geojson", "sensors.csv", "mounts.csv", "thresholds.csv", "devices.csv")
        }
        assert (await http.get("/api/v1/register/secrets.csv")).status_code == 422
    assert answers["sites.geojson"].headers["Content-Type"] == "application/geo+json"
    assert answers["sites.csv"].headers["Content-Type"] == "text/csv; charset=utf-8"
    files = {name: answer.raise_for_status().content for name, answer in answers.items()}
    del files["sites.geojson"]  # the same as sites.csv once more
    revision = await revise_register(room.context.database, read_files(files), actor="admin", now=NOON)
    assert revision.tallies() == {
        "sites": Tally(unchanged=5),
        "sensors": Tally(unchanged=5),
        "thresholds": Tally(unchanged=16),
    }


async def test_only_an_admin_takes_the_register_away(room: Served) -> None:
    async with room.http("officer") as http:
        assert (await http.get("/api/v1/register/sites.csv")).status_code == 403


async def test_the_wall_shows_a_new_site_within_a_poll_and_judges_by_new_thresholds_at_once(room: Served) -> None:
    async with room.live() as wall:
        await revise_register(room.context.database, read_files(NEW_SITE), actor="li", now=NOON)
        told = await wall.until("sites", "tunnel")
        site = told["changes"]["sites"]["tunnel"]
        assert site["name"] == "隧道"
        assert [step["depth_m"] for step in site["thresholds"]] == [0.2]
        assert [sensor["device_id"] for sensor in site["sensors"]] == ["head-1"]
        # A stands at 30 cm: yellow by its ladder, blue once yellow begins at 35 cm.
        raised = b"site_id,level,valid_from,depth_m,source\nstreet-A,yellow,2021-07-20T00:00Z,0.35,city\n"
        await revise_register(room.context.database, read_files({"thresholds.csv": raised}), actor="li", now=NOON)
        (sensor,) = room.context.hub.known.sites["street-A"].sensors
        told = await wall.until("readings", sensor.sensor_id)
        assert told["changes"]["readings"][sensor.sensor_id]["level"] == 1
