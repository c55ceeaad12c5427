"""What is old leaves the memory once it lies in the archive; without an archive nothing ever leaves it.

Killed at any moment it goes on where it was. A reading is dropped only after the file that holds it has been read back;
everything else is written out by the transaction that deletes it, so that at worst it lies in two files.
"""

import asyncio
import logging
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from floodcore.clock import Clock
from floodcore.errors import DatabaseUnavailable
from floodcore.settings import Settings
from floodcore.store import journal, rollups
from floodcore.store.database import Connection, Database, fetch_all, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.leader import leadership
from floodcore.store.pack_export import export_pack
from floodcore.store.statements import statements
from ingest.upkeep.archive import TABLE, copy_out, free_name, observations_in
from ingest.upkeep.pulse import Pulse

log = logging.getLogger(__name__)
SQL = statements("retention", "ingest.upkeep")

ACTOR = "service:upkeep"
LOOK_EVERY_S = 3600.0  # real; what is kept is counted in days
TRY_AGAIN_S = 60.0
MICROSECOND = timedelta(microseconds=1)  # an export has both its ends, a chunk only its first
MOMENT = "%Y%m%dT%H%M"  # in names, UTC
READINGS, FORECASTS = "readings", "forecasts"


async def keep_within(settings: Settings, database: Database, clock: Clock, pulse: Pulse) -> None:
    """Look now and then for what is older than what is kept; of several copies one does, the others wait."""
    keep, folder = settings.retention.keep, settings.retention.archive
    if keep is None or folder is None:
        if keep is not None:
            log.warning("ONEMAP_RETENTION__ARCHIVE names no folder, so nothing is dropped, however old.")
        return
    while True:
        try:
            async with leadership(settings.database_url(), "retention") as lead:
                while True:
                    await lead.check()
                    await drop_old(database, folder, clock.now() - keep, clock)
                    pulse.archive_fault = None
                    await asyncio.sleep(LOOK_EVERY_S)
        except DatabaseUnavailable as error:
            log.info("nothing is archived now: %s", error)
        except OSError as error:
            pulse.archive_fault = f"The archive {folder} cannot be written ({error.strerror}); nothing is dropped."
            log.warning("%s Make room, or set ONEMAP_RETENTION__ARCHIVE to another folder.", pulse.archive_fault)
        await asyncio.sleep(TRY_AGAIN_S)


async def drop_old(database: Database, folder: Path, before: datetime, clock: Clock) -> None:
    """Archive and drop what lies wholly before a moment.

    Readings and forecasts go by chunks. With a chunk of readings go their other values and their past judgements.
    Rollups and the journal stay.

    Raises:
        DatabaseUnavailable: Or busy with what would be dropped; the rest is still there. Ask again.
        OSError: The archive cannot be written; the rest is still there.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - as quick as it gets
    for chunk in await _old_chunks(database, "reading", before):
        await rollups.refresh(database, chunk["ends"])
        if not await _drop_readings(database, folder, chunk, clock):
            break  # the oldest goes first: the memory has no holes
    for chunk in await _old_chunks(database, "forecast_value", before):
        await _drop_forecasts(database, folder, chunk, clock)
    async with database.connection() as connection:
        kept_from = await rollups.kept_from(connection)
    if kept_from:
        for what in ("conflicts", "past_judgements"):
            await _drop_rows(database, folder, what, kept_from, clock)
    await _drop_rows(database, folder, "quarantine", before, clock)


async def _old_chunks(database: Database, hypertable: str, before: datetime) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return await fetch_all(connection, SQL["old_chunks"], {"hypertable": hypertable, "before": before})


async def _drop_readings(database: Database, folder: Path, chunk: Mapping[str, Any], clock: Clock) -> bool:
    """Whether a chunk of readings is archived and dropped; else something still happens to it, and it has its time."""
    name = await _begin(database, folder, READINGS, chunk)
    pack = folder / name
    pack.mkdir(exist_ok=True)  # where somebody has tidied up meanwhile
    if not any(pack.iterdir()):
        async with database.connection() as connection:
            await export_pack(connection, pack, start=chunk["begins"], end=chunk["ends"] - MICROSECOND)
    written = await asyncio.to_thread(observations_in, pack)
    async with database.connection() as connection:
        await connection.execute(SQL["be_brief"])
        await connection.execute(f"LOCK TABLE {chunk['chunk']} IN SHARE ROW EXCLUSIVE MODE")
        here = await fetch_one(connection, SQL["readings"], dict(chunk))
        unsettled = await fetch_one(connection, SQL["is_unsettled"], dict(chunk))
        assert here and unsettled, "counting always gives a row"
        if here["n"] == written and not unsettled["is_unsettled"]:
            table = free_name(folder, _span("judgements", chunk), TABLE)
            await copy_out(connection, SQL["judgements"], chunk, folder / table)
            await connection.execute(SQL["drop_readings"], chunk)
            await connection.execute(SQL["forget_unjudgeable"], chunk)
            await _note(connection, name, READINGS, chunk, written, clock)
            return True
    # Readings are never changed, so equal counts are equal sets; else a late one came meanwhile.
    if here["n"] != written:
        log.info("%s holds %d readings and the memory %d; it is written anew", name, written, here["n"])
        await asyncio.to_thread(shutil.rmtree, pack)
        pack.mkdir()
    return False


async def _begin(database: Database, folder: Path, what: str, chunk: Mapping[str, Any]) -> str:
    """The name of a chunk's file: known before it is written, so that whoever comes after us knows it for ours."""
    async with database.connection() as connection:
        asked = {"what": what, "begins": chunk["begins"], "ends": chunk["ends"]}
        if begun := await fetch_one(connection, SQL["planned"], asked):
            return str(begun["name"])
        name = free_name(folder, _span(what, chunk))
        (folder / name).mkdir()  # so that no other database with the same archive takes the name
        await connection.execute(SQL["plan"], {**asked, "name": name})
    return name


async def _drop_forecasts(database: Database, folder: Path, chunk: Mapping[str, Any], clock: Clock) -> None:
    name = free_name(folder, _span(FORECASTS, chunk), TABLE)
    async with database.connection() as connection:
        await connection.execute(SQL["be_brief"])
        await connection.execute(f"LOCK TABLE {chunk['chunk']} IN SHARE ROW EXCLUSIVE MODE")
        rows = await copy_out(connection, SQL["forecasts"], chunk, folder / name)
        await connection.execute(SQL["drop_forecasts"], chunk)
        await connection.execute(SQL["drop_runs"], chunk)
        await _note(connection, name, FORECASTS, chunk, rows, clock)


async def _drop_rows(database: Database, folder: Path, what: str, before: datetime, clock: Clock) -> None:
    name = free_name(folder, f"{what}-{before:{MOMENT}}", TABLE)
    async with database.connection() as connection:
        await connection.execute(SQL["be_brief"])
        if rows := await copy_out(connection, SQL[what], {"before": before}, folder / name):
            await _note(connection, name, what, {"begins": None, "ends": before}, rows, clock)


def _span(what: str, chunk: Mapping[str, Any]) -> str:
    return f"{what}-{chunk['begins']:{MOMENT}}-{chunk['ends']:{MOMENT}}"


async def _note(connection: Connection, name: str, what: str, span: Mapping[str, Any], rows: int, clock: Clock) -> None:
    """What has been dropped, for the auditor; last, as the journal's writers take turns until the commit."""
    told = {"name": name, "what": what, "begins": span["begins"], "ends": span["ends"], "n": rows}
    await connection.execute(SQL["note_dropped"], {**told, "now": clock.now()})
    await connection.execute(journal.SQL["take_turn"])
    await journal.write(
        connection,
        Entry(
            kind="archive.dropped",
            entity="archive",
            entity_id=name,
            before=None,
            after=told,
            actor=ACTOR,
            at=clock.now(),
        ),
    )
    log.info("archived and dropped: %s, %d rows", name, rows)
