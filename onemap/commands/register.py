"""`onemap register`: sites, devices, sensors, mounts and thresholds from files and to files."""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.domain.shifted import Coordinates
from floodcore.errors import NotFound, Refused
from floodcore.register.given import GEOJSON, Given, RejectedRow, read_files
from floodcore.register.revision import Change, Revision
from floodcore.register.sheets import SHEETS, SITES, labelled
from floodcore.register.writing import csv_files, sites_geojson
from floodcore.settings import load_settings
from floodcore.store.register_book import load, revise_register
from onemap.commands import corrections, maintenance
from onemap.commands.desk import actor, memory
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.progress import phase

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Sites, devices, and who works at them."
)
app.add_typer(maintenance.app, name="maintenance")
app.add_typer(corrections.app, name="correction")
ROWS_PRINTED = 20
ROWS_IN_JSON = 1000
WOULD = {"added": "would be added", "changed": "would be changed"}  # where nothing was


class Format(StrEnum):
    """What an export is."""

    CSV = "csv"
    GEOJSON = "geojson"


@app.command("import")
def import_register(
    path: Annotated[Path, typer.Argument(help="A folder with sites.csv and so on, one such file, or a .geojson.")],
    coordinates: Annotated[
        Coordinates, typer.Option(help="What longitudes and latitudes are in; the register keeps WGS 84.")
    ] = Coordinates.WGS84,
    strict: Annotated[bool, typer.Option("--strict", help="Change nothing if a row cannot be taken.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would change.")] = False,
    json: JsonFile = None,
) -> None:
    """Bring the register up to date; the same files again change nothing, and what they do not name stays as it is.

    Rows that cannot be taken are listed with their line and the reason; all others go in. A running room takes the
    changes up at once.
    """
    with phase(f"reading {path}"):
        given = read_files(_read(path), coordinates)
    with phase("comparing it with the register"):
        revision = asyncio.run(_revise(given, strict=strict, dry_run=dry_run))
    refused = strict and bool(revision.rejected)
    write_json(json, _facts(revision, dry_run=dry_run, refused=refused))
    if json != STANDARD_OUTPUT:
        _show(revision, dry_run=dry_run, refused=refused)
    if refused:
        raise Refused("Nothing was changed: not all rows could be taken. Mend them, or leave out --strict.")


@app.command("export")
def export_register(
    path: Annotated[Path, typer.Argument(help="The folder to write, new or empty; for geojson, the new file.")],
    form: Annotated[Format, typer.Option("--format", help="All sheets as CSV, or the sites as GeoJSON.")] = Format.CSV,
    json: JsonFile = None,
) -> None:
    """Write the register so that `register import` takes it again."""
    with phase(f"writing {path}"):
        files = asyncio.run(_files(form))
        _write(path, files, form)
    rows = {name: _rows(name, text) for name, text in files.items()}
    write_json(json, {"files": rows})
    if json != STANDARD_OUTPUT:
        typer.echo(f"{path}: " + ", ".join(f"{n} in {name}" for name, n in rows.items()))


async def _revise(given: Given, *, strict: bool, dry_run: bool) -> Revision:
    now = load_settings().clock.clock().now()
    async with memory("register") as database:
        return await revise_register(database, given, actor=actor(), now=now, strict=strict, dry_run=dry_run)


async def _files(form: Format) -> dict[str, str]:
    async with memory("register") as database, database.connection() as connection:
        if form is Format.GEOJSON:
            return {GEOJSON: sites_geojson(await load(connection, [SITES]))}
        return csv_files(await load(connection))


def _read(path: Path) -> dict[str, bytes]:
    """The content of the files at a path by the names that the register has for them."""
    if path.is_dir():
        names = [*(sheet.file for sheet in SHEETS), GEOJSON]
        return {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
    if not path.is_file():
        raise NotFound(f"There is no {path}; name a folder with {SITES.file} in it, or a file.")
    return {GEOJSON if path.suffix == ".geojson" else path.name: path.read_bytes()}


def _write(path: Path, files: Mapping[str, str], form: Format) -> None:
    if path.exists() and (form is Format.GEOJSON or not path.is_dir() or any(path.iterdir())):
        raise Refused(f"{path} is there already; name a new one, or remove it first.")
    if form is Format.GEOJSON:
        path.write_text(files[GEOJSON], encoding="utf-8")
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")


def _rows(name: str, text: str) -> int:
    """How many entries a file of ours has."""
    given = read_files({name: text.encode()})
    return len(given.rows) + len(given.rejected)


def _facts(revision: Revision, *, dry_run: bool, refused: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "refused": refused,
        "sheets": revision.tallies(),
        "changes": [_told(change) for change in revision.changes[:ROWS_IN_JSON]],  # the first ones; `sheets` counts all
        "rejected_rows": revision.rejected[:ROWS_IN_JSON],
    }


def _told(change: Change) -> dict[str, str]:
    return {
        "entity": change.sheet.entity,
        "id": labelled(change.key),
        "what": "changed" if change.before else "added",
    }


def _show(revision: Revision, *, dry_run: bool, refused: bool) -> None:
    console = Console(soft_wrap=True, highlight=False)
    words = WOULD if dry_run or refused else {}
    for name, tally in revision.tallies().items():
        counts = [f"{n:,} {words.get(what, what)}" for what, n in vars(tally).items() if n]
        console.print(f"{name}: {', '.join(counts)}")
    for row in revision.rejected[:ROWS_PRINTED]:
        console.print(_rejected(row))
    if (more := len(revision.rejected) - ROWS_PRINTED) > 0:
        console.print(f"… and {more:,} more; --json writes the first {ROWS_IN_JSON:,}.")
    if dry_run:
        console.print("Nothing was changed: this was a dry run.")


def _rejected(row: RejectedRow) -> str:
    return f"  [yellow]▲[/] {row.where}: {escape(row.reason)} {escape(row.row)}"
