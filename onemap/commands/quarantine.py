"""`onemap quarantine`: what could not be read, and what becomes of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.domain.reading import Reason
from floodcore.errors import NotFound
from floodcore.settings import load_settings
from floodcore.store import quarantine
from floodcore.store.database import Connection, Database
from floodcore.store.journal import journalled
from floodcore.store.quarantine import Kept
from ingest.replay import Replayed, replay
from onemap.commands.desk import actor, local, memory
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.progress import phase

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Messages that could not be read."
)
SHOWN_BYTES = 4096

Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", help="As `list` shows them.")]
OfReason = Annotated[Reason | None, typer.Option("--reason", help="Only messages that are kept for this reason.")]
All = Annotated[bool, typer.Option("--all", help="Every message in quarantine.")]


@app.command("list")
def list_kept(
    reason: OfReason = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest.")] = 50,
    json: JsonFile = None,
) -> None:
    """List messages, newest first, below a count by reason."""
    with phase("reading the quarantine"):
        by_reason, kept = asyncio.run(_list(reason, limit))
    write_json(json, {"reasons": by_reason, "messages": [_facts(one) for one in kept]})
    if json == STANDARD_OUTPUT:
        return
    console = Console(soft_wrap=True, highlight=False)
    if not by_reason:
        console.print("The quarantine is empty.")
    for row in by_reason:
        console.print(f"[yellow]▲[/] {row['messages']:,} × {row['reason']} ({row['records']:,} records)")
    for one in kept:
        message = one.message
        console.print(
            f"{one.quarantine_id:>8}  {local(message.received_at)}  {message.reason}  {escape(message.topic)}  "
            f"seen {one.seen} ×: {escape(message.detail)}"
        )


@app.command()
def show(number: Annotated[int, typer.Argument(help="As `list` shows it.")], json: JsonFile = None) -> None:
    """Show one message whole."""
    with phase("reading the quarantine"):
        kept = asyncio.run(_show(number))
    write_json(json, _facts(kept) | {"payload_hex": kept.message.payload.hex()})
    if json == STANDARD_OUTPUT:
        return
    message = kept.message
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"{number}: {message.topic}, {local(message.received_at)}, seen {kept.seen} ×")
    console.print(f"{message.reason}: {message.detail}")
    console.print(f"{len(message.payload):,} bytes, content type {message.content_type!a}:")
    console.print(message.payload[:SHOWN_BYTES].decode("ascii", errors="backslashreplace"))
    if len(message.payload) > SHOWN_BYTES:
        console.print(f"… and {len(message.payload) - SHOWN_BYTES:,} bytes more; --json writes all of it.")


@app.command("replay")
def replay_kept(numbers: Numbers = None, reason: OfReason = None, every: All = False, json: JsonFile = None) -> None:
    """Read messages again, after the register was mended; what can be read is stored, and leaves the quarantine."""
    _one_choice(numbers, reason, every)
    with phase("replaying the quarantine") as update:
        replayed = asyncio.run(_replay(numbers, reason, update))
    left = Counter(str(one.refused.reason) for one in replayed if one.refused)
    facts = {
        "messages": len(replayed),
        "stored": sum(one.stored for one in replayed),
        "duplicate": sum(one.duplicate for one in replayed),
        "conflict": sum(one.conflict for one in replayed),
        "still_refused": dict(left),
    }
    write_json(json, facts)
    if json != STANDARD_OUTPUT:
        typer.echo(
            f"{facts['messages']} messages read again: {facts['stored']} readings stored, {facts['duplicate']} known "
            f"already, {facts['conflict']} in conflict; {left.total()} messages stay in quarantine."
        )
        for name, n in left.most_common():
            typer.echo(f"  {n} × {name}")


@app.command()
def drop(numbers: Numbers = None, reason: OfReason = None, every: All = False, json: JsonFile = None) -> None:
    """Throw messages away for good; the journal keeps who did it, and what each was."""
    _one_choice(numbers, reason, every)
    with phase("emptying the quarantine") as update:
        dropped = asyncio.run(_drop(numbers, reason, update))
    write_json(json, {"dropped": dropped})
    if json != STANDARD_OUTPUT:
        typer.echo(f"{dropped} messages dropped.")


def _one_choice(numbers: Sequence[int] | None, reason: Reason | None, every: bool) -> None:
    if sum((bool(numbers), reason is not None, every)) != 1:
        raise typer.BadParameter("Name messages by their numbers, or give --reason, or --all; one of the three.")


async def _list(reason: Reason | None, limit: int) -> tuple[list[dict[str, object]], list[Kept]]:
    async with memory("quarantine") as database, database.connection() as connection:
        by_reason = [row | {"records": int(row["records"])} for row in await quarantine.counts(connection)]
        return by_reason, await quarantine.listed(connection, reason=reason, limit=limit)


async def _show(number: int) -> Kept:
    async with memory("quarantine") as database, database.connection() as connection:
        return await _one(connection, number)


async def _replay(
    numbers: Sequence[int] | None, reason: Reason | None, update: Callable[[float], None]
) -> list[Replayed]:
    replayed, clock = [], load_settings().clock.clock()
    async with memory("quarantine") as database:
        chosen = await _chosen(database, numbers, reason)
        for done, number in enumerate(chosen, start=1):
            if one := await replay(database, number, clock, actor=actor(), oldest=load_settings().ingest.oldest):
                replayed.append(one)
            update(done / len(chosen))
    return replayed


async def _drop(numbers: Sequence[int] | None, reason: Reason | None, update: Callable[[float], None]) -> int:
    dropped, clock = 0, load_settings().clock.clock()
    async with memory("quarantine") as database:
        chosen = await _chosen(database, numbers, reason)
        for done, number in enumerate(chosen, start=1):
            async with journalled(database) as connection:
                dropped += await quarantine.take_out(connection, number, "dropped", actor=actor(), now=clock.now())
            update(done / len(chosen))
    return dropped


async def _chosen(database: Database, numbers: Sequence[int] | None, reason: Reason | None) -> list[int]:
    """What is to be worked on, all of it there now; what somebody else takes out meanwhile is passed over."""
    async with database.connection() as connection:
        if numbers:
            return [(await _one(connection, number)).quarantine_id for number in sorted(set(numbers))]
        return await quarantine.ids(connection, reason=reason)


async def _one(connection: Connection, number: int) -> Kept:
    kept = await quarantine.one(connection, number)
    if kept is None:
        raise NotFound(f"The quarantine holds no message {number}; `onemap quarantine list` shows what it holds.")
    return kept


def _facts(kept: Kept) -> dict[str, object]:
    message = kept.message
    return {
        "quarantine_id": kept.quarantine_id,
        "received_at": message.received_at,
        "topic": message.topic,
        "content_type": message.content_type,
        "reason": message.reason,
        "detail": message.detail,
        "records": message.records,
        "seen": kept.seen,
        "size_bytes": len(message.payload),
    }
