"""`onemap import`: an event pack into the database."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.packs.read import Pack, read_pack
from floodcore.store import packs
from floodcore.store.database import Database
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.engines.running import embedded_database
from onemap.home import Home
from onemap.progress import phase
from simulators.packs import find_pack

ROWS_PRINTED = 10
ROWS_IN_JSON = 100


def import_pack(
    pack: Annotated[
        str, typer.Argument(help="A folder, its datapackage.json, or the name of a pack that comes along.")
    ],
    json: JsonFile = None,
) -> None:
    """Import an event pack; a second time changes nothing.

    Rows that cannot be used are counted by reason and listed; all others are stored.
    """
    started = time.monotonic()
    path = find_pack(pack)
    with phase(f"reading {pack}"):
        read = read_pack(path)
    with phase(f"storing {len(read.observations):,} observations") as update:
        imported = asyncio.run(_store(read, update))
    seconds = time.monotonic() - started
    write_json(json, _facts(read, imported, seconds))
    if json != STANDARD_OUTPUT:
        _show(read, imported, seconds)


async def _store(pack: Pack, update: Callable[[float], None]) -> packs.Imported:
    async with embedded_database(Home.from_environment()) as url, Database(url, name="import") as database:
        return await packs.import_pack(database, pack, datetime.now(UTC), update)


def _facts(pack: Pack, imported: packs.Imported, seconds: float) -> dict[str, object]:
    return {
        "pack": pack.pack_id,
        "stations": len(pack.stations),
        "stored": imported.stored,
        "duplicate": imported.duplicate,
        "conflict": imported.conflict,
        "rejected": dict(pack.rejections.counts),
        "seconds": round(seconds, 3),
        "rejected_rows": pack.rejections.rows[:ROWS_IN_JSON],  # the first ones; `rejected` counts all
        "notes": pack.notes,
    }


def _show(pack: Pack, imported: packs.Imported, seconds: float) -> None:
    console = Console(soft_wrap=True, highlight=False)
    new = f"{imported.stored:,} stored" if imported.stored else "nothing new"
    console.print(
        f"{pack.pack_id}: {len(pack.stations)} stations, {new}, {imported.duplicate:,} known already, "
        f"{imported.conflict:,} in conflict with what is stored, {pack.rejections.total:,} rejected; {seconds:.1f} s"
    )
    for reason, count in pack.rejections.counts.most_common():
        console.print(f"  [yellow]▲[/] {count:,} × {reason}")
    for row in pack.rejections.rows[:ROWS_PRINTED]:
        console.print(f"    {row.file} line {row.line}: {row.reason}: {escape(row.row)}")
    for note in pack.notes:
        console.print(f"  {escape(note)}")
