"""A register that changes while the room runs: nobody is started anew."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from dispatch.lookout import Lookout
from floodcore.domain.reading import Quantity
from floodcore.register.given import read_files
from floodcore.store import incidents
from floodcore.store.database import Database, fetch_all
from floodcore.store.register_book import revise_register
from floodcore.testing.five_streets import NOON
from floodcore.testing.gateway import Gateway
from floodcore.testing.street_room import SetClock, furnish, observe
from floodcore.wire import senml, topics
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from tests.integration.ingest_process import ingest_at_noon

MINUTE = timedelta(minutes=1)
# A head 4.2 m over the road that was lowered to 4.0 m a minute before noon.
A_HEAD = {
    "sites.csv": b"site_id,name,kind\ntunnel,Tunnel,underpass\n",
    "sensors.csv": b"device_id,quantity,site_id\nhead-1,distance,tunnel\n",
    "mounts.csv": (
        b"device_id,valid_from,height_m,source\n"
        b"head-1,2021-01-01T00:00Z,4.2,survey\n"
        b"head-1,2021-07-20T03:59Z,4.0,lowered\n"
    ),
}


def test_a_running_ingest_takes_a_new_device_in_at_once_and_mounts_it_as_it_then_was(
    database_url: str, broker: MosquittoEngine, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    def rows(sql: str) -> list[dict[str, Any]]:
        return asyncio.run(_rows(database_url, sql))

    def stored(n: int) -> bool:
        return sum(row["n"] for row in rows("SELECT n FROM ingest_total WHERE name = 'stored'")) == n

    with ingest_at_noon(database_url, broker.url(), tmp_path, eventually), Gateway(broker.url(FLEET)) as gateway:
        said = [(Quantity.DISTANCE, NOON - minutes * MINUTE, 3.9) for minutes in (0, 2)]
        pack = senml.encode("head-1", said)
        gateway.publish(topics.telemetry("head-1"), pack, content_type=senml.JSON)
        eventually(lambda: rows("SELECT FROM quarantine WHERE reason = 'unknown_device'"))
        asyncio.run(_revise(database_url, A_HEAD))
        gateway.publish(topics.telemetry("head-1"), pack, content_type=senml.JSON)
        eventually(lambda: stored(2))
    levels = rows(
        "SELECT value FROM reading JOIN sensor USING (sensor_id) WHERE quantity = 'level' ORDER BY observed_at"
    )
    assert [round(row["value"], 3) for row in levels] == [0.3, 0.1], "4.2 m two minutes before noon, 4.0 m at noon"


async def test_dispatch_at_work_watches_a_new_site_by_its_own_thresholds(database_url: str) -> None:
    async with Database(database_url) as database:
        await furnish(database)
        clock = SetClock()
        lookout = Lookout(database, clock)
        await observe(database, "street-E", [20, 20], start=NOON - MINUTE, every=MINUTE)
        await lookout.look(broker_is_there=True)
        assert await _open(database) == [], "E has no thresholds"
        new = b"site_id,level,valid_from,depth_m,source\nstreet-E,blue,2021-07-20T04:00Z,0.15,city\n"
        await _revise(database_url, {"thresholds.csv": new})
        clock.time = NOON + 2 * MINUTE
        await observe(database, "street-E", [21], start=NOON + MINUTE, every=MINUTE)
        await lookout.look(broker_is_there=True)
        assert await _open(database) == [("street-E", 0.21)]


async def _open(database: Database) -> list[tuple[str, float]]:
    async with database.connection() as connection:
        return [(one.site_id, one.depth_m) for one in await incidents.open_incidents(connection)]


async def _revise(database_url: str, files: dict[str, bytes]) -> None:
    async with Database(database_url) as database:
        revision = await revise_register(database, read_files(files), actor="li", now=NOON)
    assert revision.rejected == []


async def _rows(database_url: str, sql: str) -> list[dict[str, Any]]:
    async with Database(database_url) as database, database.connection() as connection:
        return await fetch_all(connection, sql)
