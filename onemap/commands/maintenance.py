"""`onemap register maintenance`: when somebody works at a device."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.settings import load_settings
from floodcore.store import upkeep_maintenance
from floodcore.store.journal import journalled
from floodcore.store.upkeep_maintenance import Work
from onemap.commands.desk import actor, local, memory
from onemap.commands.moment import duration, moment
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Work at devices: meanwhile their readings are no water, and their silence is no alarm.",
)


@app.command()
def add(
    device: Annotated[str, typer.Argument(help="The device, as the register calls it.")],
    reason: Annotated[str, typer.Option(help="What is done; it stays on record.")],
    begins: Annotated[
        datetime | None,
        typer.Option("--begins", parser=moment, metavar="TIME", help="Now, if nothing is said."),
    ] = None,
    ends: Annotated[
        datetime | None, typer.Option("--ends", parser=moment, metavar="TIME", help="When it is done; or say --for.")
    ] = None,
    lasts: Annotated[
        timedelta | None,
        typer.Option("--for", parser=duration, metavar="DURATION", help="How long it takes, like 2h or 3d."),
    ] = None,
    json: JsonFile = None,
) -> None:
    """Say that somebody works at a device."""
    if ends and lasts:
        raise typer.BadParameter("Say when it ends with one of the two, --ends or --for.")
    if not (ends or lasts):
        raise typer.BadParameter("Say when it ends, with --ends or with --for.")
    _tell(asyncio.run(_plan(device, begins, ends, lasts, reason)), json)


@app.command()
def end(number: Annotated[int, typer.Argument(help="As `list` shows it.")], json: JsonFile = None) -> None:
    """Say that the work is done before its time; work that has not begun is called off."""
    _tell(asyncio.run(_end(number)), json)


@app.command("list")
def list_work(
    device: Annotated[str | None, typer.Option(help="Only at this device.")] = None,
    state: Annotated[Work | None, typer.Option(help="Only what stands so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest.")] = 50,
    json: JsonFile = None,
) -> None:
    """List work at devices, newest first."""
    rows = asyncio.run(_list(device, state, limit))
    write_json(json, rows)
    if json != STANDARD_OUTPUT:
        for row in rows:
            _show(row)
        if not rows:
            typer.echo("There is none.")


async def _plan(
    device: str, begins: datetime | None, ends: datetime | None, lasts: timedelta | None, reason: str
) -> dict[str, Any]:
    now = load_settings().clock.clock().now()
    async with memory("maintenance") as database, journalled(database) as connection:
        return await upkeep_maintenance.plan(
            connection,
            device_id=device,
            begins=begins,
            ends=ends or (begins or now) + (lasts or timedelta()),
            reason=reason,
            actor=actor(),
            now=now,
        )


async def _end(number: int) -> dict[str, Any]:
    now = load_settings().clock.clock().now()
    async with memory("maintenance") as database, journalled(database) as connection:
        return await upkeep_maintenance.end(connection, number, actor=actor(), now=now)


async def _list(device: str | None, state: Work | None, limit: int) -> list[dict[str, Any]]:
    now = load_settings().clock.clock().now()
    async with memory("maintenance") as database, database.connection() as connection:
        return await upkeep_maintenance.windows(connection, now, device_id=device, state=state, limit=limit)


def _tell(row: dict[str, Any], json: str | None) -> None:
    write_json(json, row)
    if json != STANDARD_OUTPUT:
        _show(row)


def _show(row: dict[str, Any]) -> None:
    Console(soft_wrap=True, highlight=False).print(
        f"{row['maintenance_id']:>6}  {row['device_id']}  {local(row['begins'])} – {local(row['ends'])}  "
        f"{str(row['state']).replace('_', ' ')}: {escape(row['reason'])} ({escape(row['author'])})"
    )
