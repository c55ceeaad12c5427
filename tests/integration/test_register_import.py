"""The register comes in from files and goes out to files; every change is journalled, and what hung on it is told."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from floodcore.domain.reading import Quantity, Reading
from floodcore.packs.read import read_pack
from floodcore.register.given import read_files
from floodcore.register.revision import Revision, Tally
from floodcore.register.writing import csv_files
from floodcore.store import changed, journal
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.store.packs import register_pack
from floodcore.store.readings import store_readings
from floodcore.store.register import credits_of_packs
from floodcore.store.register_book import load, revise_register
from floodcore.testing.five_streets import NOON, STREETS, THRESHOLDS
from floodcore.testing.street_room import furnish, observe
from onemap.engines.postgres import PostgresEngine
from simulators.packs import shipped

MINUTE = timedelta(minutes=1)
A_HEAD = {
    "sites.csv": "site_id,name,kind,lon,lat\ntunnel,隧道,underpass,113.64,34.75\n",
    "sensors.csv": "device_id,quantity,site_id,dry_interval_s,rollover_mm\nhead-1,distance,tunnel,900,\n",
    "mounts.csv": "device_id,valid_from,height_m,datum_m,source\nhead-1,2021-01-01T00:00Z,4.2,98.6,survey\n",
    "thresholds.csv": "site_id,level,valid_from,depth_m,source\ntunnel,blue,2021-01-01T00:00Z,0.2,city\n",
}


@pytest.fixture
def second_database_url(
    postgres: PostgresEngine, template_database: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Beside the test's own, and as empty."""
    name = f"test_{id(request.node):x}_second"
    yield postgres.create_database(name, fresh=True, template=template_database)
    postgres.drop_database(name)


async def given(database: Database, files: Mapping[str, str], **how: Any) -> Revision:
    read = read_files({name: text.encode() for name, text in files.items()})
    return await revise_register(database, read, actor="officer", now=NOON, **how)


async def told(database: Database, seq: int = 0) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return await journal.since(connection, seq)


async def written(database: Database) -> dict[str, str]:
    async with database.connection() as connection:
        return csv_files(await load(connection))


async def to_be_judged(database: Database) -> list[tuple[int, Any, Any]]:
    """Takes the notes of what is to be judged."""
    async with database.connection() as connection:
        return [(span.sensor_id, span.earliest, span.latest) for span in await changed.take(connection, 100)]


async def test_a_register_goes_out_and_comes_into_an_empty_database(
    database_url: str, second_database_url: str
) -> None:
    async with Database(database_url) as here, Database(second_database_url) as there:
        await furnish(here)
        await given(here, A_HEAD)
        files = await written(here)
        revision = await given(there, files)
        assert revision.rejected == []
        assert await written(there) == files
        sites, steps = len(STREETS) + 1, sum(map(len, THRESHOLDS.values())) + 1
        assert revision.tallies()["sites"] == Tally(added=sites)
        assert revision.tallies()["thresholds"] == Tally(added=steps)


async def test_the_same_files_again_change_nothing(database_url: str) -> None:
    async with Database(database_url) as database:
        first = await given(database, A_HEAD)
        assert {name: tally.added for name, tally in first.tallies().items()} == {
            "devices": 1,
            "sites": 1,
            "sensors": 1,
            "mounts": 1,
            "thresholds": 1,
        }
        before = await told(database)
        again = await given(database, A_HEAD)
        assert again.changes == []
        assert {name: tally.unchanged for name, tally in again.tallies().items()} == {
            "sites": 1,
            "sensors": 1,
            "mounts": 1,
            "thresholds": 1,
        }
        assert await told(database) == before


async def test_a_change_is_in_the_journal_with_what_was_before(database_url: str) -> None:
    async with Database(database_url) as database:
        await given(database, A_HEAD)
        seq = (await told(database))[-1]["seq"]
        await given(database, {"sites.csv": "site_id,name,kind\ntunnel,北隧道,underpass\n"})
        (entry,) = await told(database, seq)
        assert (entry["kind"], entry["entity_id"], entry["actor"]) == ("site.changed", "tunnel", "officer")
        assert (entry["before"]["name"], entry["after"]["name"]) == ("隧道", "北隧道")
        assert entry["before"] | {"name": "北隧道"} == entry["after"]


async def test_of_two_who_change_a_site_at_once_the_second_knows_what_the_first_did(database_url: str) -> None:
    async with Database(database_url) as database:
        await given(database, A_HEAD)
        seq = (await told(database))[-1]["seq"]
        names = [f"隧道 {number}" for number in range(4)]
        rows = [{"sites.csv": f"site_id,name,kind\ntunnel,{name},underpass\n"} for name in names]
        await asyncio.gather(*(given(database, row) for row in rows))
        entries = await told(database, seq)
        assert {entry["after"]["name"] for entry in entries} == set(names)
        for earlier, later in pairwise(entries):
            assert later["before"] == earlier["after"]


async def test_a_bad_row_stays_out_and_the_rest_goes_in_unless_all_or_nothing_is_asked(database_url: str) -> None:
    files = {"sites.csv": "site_id,name,kind\na,A,road\nb,B,lake\nc,C,road\n"}
    async with Database(database_url) as database:
        assert (await given(database, files, dry_run=True)).tallies() == {"sites": Tally(added=2, rejected=1)}
        assert (await given(database, files, strict=True)).tallies() == {"sites": Tally(added=2, rejected=1)}
        assert await told(database) == []
        await given(database, files)
        assert [entry["entity_id"] for entry in await told(database)] == ["a", "c"]


async def test_a_head_that_hung_otherwise_has_its_readings_judged_again(database_url: str) -> None:
    async with Database(database_url) as database:
        await given(database, A_HEAD)
        readings = [
            Reading(
                device_id="head-1",
                quantity=quantity,
                observed_at=NOON - minutes * MINUTE,
                received_at=NOON,
                value=4.0,
            )
            for minutes in (0, 10, 20)
            for quantity in (Quantity.DISTANCE, Quantity.BATTERY)
        ]
        async with database.connection() as connection:
            await store_readings(connection, readings)
        await to_be_judged(database)
        later = "device_id,valid_from,height_m,source\nhead-1,2021-07-20T03:45Z,4.1,re-hung\n"
        await given(database, {"mounts.csv": later})
        # Re-hung at 03:45, readings at 03:40, 03:50 and 04:00: the distances of the last two say another level. Ten
        # minutes of readings that may be on their way are asked for as well.
        ((_, earliest, latest),) = await to_be_judged(database)
        assert (earliest, latest) == (NOON - 10 * MINUTE, NOON + 10 * MINUTE)
        await given(database, {"mounts.csv": later.replace("re-hung", "re-hung by Li")})
        assert await to_be_judged(database) == [], "another source is no other level"


async def test_a_site_that_has_been_heard_keeps_its_sensor(database_url: str) -> None:
    async with Database(database_url) as database:
        await furnish(database)
        await observe(database, "street-A", [5], start=NOON, every=MINUTE)
        revision = await given(database, {"sensors.csv": "device_id,quantity,site_id\ngauge-A,level,street-B\n"})
        assert "has been heard at street-A" in revision.rejected[0].reason


async def test_what_an_event_pack_brings_is_journalled_once_and_travels_with_the_register(
    database_url: str, second_database_url: str
) -> None:
    pack = read_pack(shipped("floodnet-2023-09-29"))
    async with Database(database_url) as here, Database(second_database_url) as there:
        for _ in range(2):
            async with journalled(here) as connection:
                await register_pack(connection, pack, NOON)
        kinds = Counter(entry["kind"] for entry in await told(here))
        assert kinds["event_pack.added"] == 1
        assert kinds["site.added"] == kinds["device.added"] == kinds["sensor.added"] == len(pack.stations)
        assert not [kind for kind in kinds if kind.endswith("changed")]
        files = await written(here)
        assert (await given(there, files)).rejected == []
        assert await written(there) == files
        async with there.connection() as connection:
            credits_of = await credits_of_packs(connection)
        assert credits_of.keys() == {pack.pack_id}, "whom to name for the data is not lost on the way"
