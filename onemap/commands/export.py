"""`onemap export`: what the database holds as an event pack."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from floodcore.store import pack_export
from floodcore.store.database import Database
from onemap.commands.moment import From, To
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.engines.running import embedded_database
from onemap.home import Home
from onemap.progress import phase

EVER = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


def export_pack(
    pack: Annotated[Path, typer.Argument(help="The folder to write; it must not exist, or be empty.")],
    start: From = None,
    end: To = None,
    name: Annotated[str | None, typer.Option("--pack", metavar="NAME", help="Only what came with this pack.")] = None,
    json: JsonFile = None,
) -> None:
    """Write observations, stations and thresholds as an event pack that anyone can import again.

    Without --from and --to all of time is written, without --pack all stations.
    """
    if start and end and start > end:
        raise typer.BadParameter("--from lies after --to; exchange them.")
    started = time.monotonic()
    with phase(f"writing {pack}"):
        exported = asyncio.run(_write(pack.absolute(), start or EVER[0], end or EVER[1], name))
    seconds = round(time.monotonic() - started, 3)
    facts = {"stations": exported.stations, "observations": exported.observations, "seconds": seconds}
    write_json(json, {"pack": exported.pack_id, **facts})
    if json != STANDARD_OUTPUT:
        counts = f"{exported.stations} stations, {exported.observations:,} observations"
        Console(soft_wrap=True, highlight=False).print(f"{pack}: {counts}; {seconds:.1f} s")


async def _write(folder: Path, start: datetime, end: datetime, name: str | None) -> pack_export.Exported:
    async with (
        embedded_database(Home.from_environment()) as url,
        Database(url, name="export") as database,
        database.connection() as connection,
    ):
        return await pack_export.export_pack(connection, folder, start=start, end=end, pack_id=name)
