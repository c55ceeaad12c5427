"""`onemap register correction`: what a person says about readings."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Action
from floodcore.settings import load_settings
from floodcore.store import upkeep_corrections
from floodcore.store.journal import journalled
from floodcore.store.upkeep_corrections import Word
from onemap.commands.desk import actor, local, memory
from onemap.commands.moment import moment
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="What people say about readings; raw values stay as they are.",
)
Sensor = Annotated[int | None, typer.Option("--sensor", help="The sensor, by its number.")]
AtSite = Annotated[str | None, typer.Option("--site", help="The site; of the one sensor there that tells --quantity.")]


@app.command()
def add(
    action: Annotated[Action, typer.Argument(help="What the readings are.")],
    start: Annotated[datetime, typer.Option("--from", parser=moment, metavar="TIME", help="First moment.")],
    end: Annotated[datetime, typer.Option("--to", parser=moment, metavar="TIME", help="Last moment; belongs to it.")],
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")],
    value: Annotated[
        float | None, typer.Option(help="What to set, or by how much to shift, in the quantity's unit.")
    ] = None,
    sensor: Sensor = None,
    site: AtSite = None,
    quantity: Annotated[Quantity, typer.Option(help="With --site.")] = Quantity.LEVEL,
    json: JsonFile = None,
) -> None:
    """Say what readings are: set to a value, shifted, good, or bad."""
    if (sensor is None) == (site is None):
        raise typer.BadParameter("Say whose readings, with --sensor or with --site.")
    word = Word(
        sensor_id=sensor,
        site_id=site,
        quantity=quantity if site else None,
        begins=start,
        ends=end,
        action=action,
        value=value,
        reason=reason,
    )
    _tell(asyncio.run(_make(word)), json)


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="As `list` shows it.")], json: JsonFile = None) -> None:
    """Take a word back; it stays on record."""
    _tell(asyncio.run(_revoke(number)), json)


@app.command("list")
def list_corrections(
    sensor: Sensor = None,
    site: Annotated[str | None, typer.Option("--site", help="Only of this site's sensors.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest.")] = 50,
    json: JsonFile = None,
) -> None:
    """List corrections, newest first, those taken back among them."""
    rows = asyncio.run(_list(sensor, site, limit))
    write_json(json, rows)
    if json != STANDARD_OUTPUT:
        for row in rows:
            _show(row)
        if not rows:
            typer.echo("There is none.")


async def _make(word: Word) -> dict[str, Any]:
    now = load_settings().clock.clock().now()
    async with memory("corrections") as database, journalled(database) as connection:
        return await upkeep_corrections.make(connection, word, actor=actor(), now=now)


async def _revoke(number: int) -> dict[str, Any]:
    now = load_settings().clock.clock().now()
    async with memory("corrections") as database, journalled(database) as connection:
        return await upkeep_corrections.revoke(connection, number, actor=actor(), now=now)


async def _list(sensor: int | None, site: str | None, limit: int) -> list[dict[str, Any]]:
    async with memory("corrections") as database, database.connection() as connection:
        return await upkeep_corrections.corrections(connection, sensor_id=sensor, site_id=site, limit=limit)


def _tell(row: dict[str, Any], json: str | None) -> None:
    write_json(json, row)
    if json != STANDARD_OUTPUT:
        _show(row)


def _show(row: dict[str, Any]) -> None:
    value = "" if row["value"] is None else f" {row['value']:g}"
    revoked = f"; taken back by {row['revoked_by']}" if row["revoked_at"] else ""
    Console(soft_wrap=True, highlight=False).print(
        f"{row['correction_id']:>6}  {row['device_id']} {row['quantity']}  {local(row['begins'])} – "
        f"{local(row['ends'])}  {row['action']}{value}: {escape(row['reason'])} ({escape(row['author'] + revoked)})"
    )
