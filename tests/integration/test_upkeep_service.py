"""Upkeep as a process: it announces what it judged, and outlives its own death and the database's."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable
from floodcore.migrate import migrate
from floodcore.store import health
from floodcore.store.database import Database, fetch_all
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish, observe
from floodcore.wire.announcement import Announcement, Kind
from onemap.engines.mosquitto import MosquittoEngine
from onemap.engines.postgres import PostgresEngine

SECOND = timedelta(seconds=1)


@contextmanager
def upkeep(database_url: str, broker: MosquittoEngine, folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running upkeep whose room shows the hour after NOON; killed in the end."""
    environ = {
        "ONEMAP_DATABASE__URL": database_url,
        "ONEMAP_MQTT__URL": broker.url(),
        "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "ONEMAP_CLOCK__START": (NOON + timedelta(hours=1)).isoformat(),
        **more,
    }
    with (folder / "upkeep.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "ingest.upkeep"], env={**os.environ, **environ}, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(database: Database, sql: str) -> None:
    """Wait until a question is answered with true."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with database.connection() as connection:
                    (row,) = await fetch_all(connection, sql)
                if next(iter(row.values())):
                    return
            except DatabaseUnavailable:
                pass
            await asyncio.sleep(0.05)


ALL_DONE = """
    SELECT (SELECT count(*) FROM changed) = 0 AND (SELECT count(*) FROM reading WHERE judged_at IS NULL) = 0
        AND (SELECT count(*) FROM reading) = (SELECT sum(n + bad) FROM rollup WHERE every_min = 60)
"""


async def test_what_is_worth_something_else_is_announced_and_upkeep_says_how_it_is(
    database_url: str, broker: MosquittoEngine, tmp_path: Path
) -> None:
    async with Database(database_url) as database, Bus(broker.url(), "wall", (Kind.READINGS,)) as wall:
        await furnish(database)
        with upkeep(database_url, broker, tmp_path) as process:
            heard: list[Announcement] = []
            for minute in range(60):  # a hint may be lost, as long as either of the two still connects to the broker
                await observe(database, "street-B", [3, 3, 40], start=NOON + minute * 60 * SECOND, every=SECOND)
                heard = await wall.hint(1)
                if heard:
                    break
                assert process.poll() is None
            assert heard[0].ids == ("2",)
            await until(database, ALL_DONE)
            await until(database, "SELECT count(*) = 1 FROM service_health WHERE component = 'upkeep'")
        async with database.connection() as connection:
            (said,) = [row for row in await health.reports(connection) if row["component"] == "upkeep"]
        assert (said["state"], said["figures"]["unjudgeable"]) == ("ok", 0)


async def test_it_archives_what_is_older_than_what_is_kept(
    database_url: str, broker: MosquittoEngine, tmp_path: Path
) -> None:
    async with Database(database_url) as database:
        await furnish(database)
        await observe(database, "street-B", [3, 3, 4], start=NOON - timedelta(days=90), every=SECOND)
        with upkeep(database_url, broker, tmp_path):
            await until(database, ALL_DONE)
        archive = {"ONEMAP_RETENTION__KEEP": "P30D", "ONEMAP_RETENTION__ARCHIVE": str(tmp_path / "archive")}
        with upkeep(database_url, broker, tmp_path, **archive):
            await until(database, "SELECT count(*) = 0 FROM reading")
    whole = [file.name for file in (tmp_path / "archive").iterdir() if not file.name.startswith(".")]
    assert whole == ["readings-20210415T0000-20210422T0000"]


async def test_whatever_is_killed_all_is_judged_and_summed_up_once(
    own_engines: Any, engines_prefix: Path, broker: MosquittoEngine, tmp_path: Path
) -> None:
    postgres = PostgresEngine(own_engines.home, engines_prefix, durable=False)
    postgres.prepare()
    own_engines.start(postgres.spec())
    url = postgres.create_database("room", fresh=True)
    migrate(url)
    async with Database(url) as database:
        await furnish(database)
        for number, killed in enumerate(("upkeep", "postgres", "upkeep", "postgres", "nothing")):
            with upkeep(url, broker, tmp_path) as process:
                for part in range(20):
                    start = NOON + (20 * number + part) * 30 * SECOND
                    for street in ("street-A", "street-B", "street-C"):
                        await observe(database, street, [3] * 30, start=start, every=SECOND)
                if killed == "upkeep":
                    process.kill()
                if killed == "postgres":
                    os.kill(own_engines.report("postgres").pid, signal.SIGKILL)
                if killed != "upkeep":
                    await until(database, ALL_DONE)
                    assert process.poll() is None
        async with database.connection() as connection:
            hours = await fetch_all(connection, "SELECT n, bad FROM rollup WHERE every_min = 60")
    assert [(row["n"], row["bad"]) for row in hours] == [(3000, 0)] * 3
    log = (tmp_path / "upkeep.log").read_text()
    assert "Traceback" not in log
    assert log.count("The database is away") <= 4  # each outage is told once by those who work at that moment
