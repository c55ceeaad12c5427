"""The register whole: read as a book, and changed by what somebody gives, every change in the journal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from floodcore.domain.reading import Quantity
from floodcore.register.book import Book
from floodcore.register.entries import Entry as Registered
from floodcore.register.entries import flat
from floodcore.register.given import Given
from floodcore.register.revision import Change, Revision, mounted_otherwise, revise
from floodcore.register.sheets import SHEETS, Sheet, labelled
from floodcore.store import journal, upkeep_spans
from floodcore.store.database import Connection, Database, fetch_all, fetch_one
from floodcore.store.journal import Entry, journalled
from floodcore.store.statements import statements

SQL = statements("register_book")


async def revise_register(
    database: Database, given: Given, *, actor: str, now: datetime, strict: bool = False, dry_run: bool = False
) -> Revision:
    """Bring the register up to date, all in one transaction; the same again changes nothing.

    What would change is found before anybody has to wait for the journal: a city's 35,000 entries take two seconds.
    Where a head has hung at another height than was believed, its readings of that time are judged again.

    Args:
        database: The memory.
        given: What was read of somebody's files.
        actor: Who gives it.
        now: The room's time.
        strict: Change nothing at all if a row cannot be taken.
        dry_run: Only say what would change.
    """
    async with database.connection() as connection:
        seen = await _newest_change(connection)
        book = await load(connection)
    revision = _found(book, given)
    if dry_run or (strict and revision.rejected) or not revision.changes:
        return revision
    async with journalled(database) as connection:
        if await _newest_change(connection) != seen:  # somebody was quicker: what was found is no longer all true
            book = await load(connection)
            revision = _found(book, given)
        if strict and revision.rejected:
            return revision
        await write(connection, revision.changes, actor=actor, now=now)
        mounted = mounted_otherwise(book, revision.changes)
        await upkeep_spans.note_devices(connection, mounted, now=now, quantity=Quantity.DISTANCE)
    return revision


async def load(connection: Connection, sheets: Sequence[Sheet] = SHEETS) -> Book:
    """The register as it is, or some of its sheets."""
    rows = [(sheet, row) for sheet in sheets for row in await fetch_all(connection, SQL[sheet.name])]
    heard = [(row["device_id"], row["quantity"]) for row in await fetch_all(connection, SQL["heard"])]
    return Book((_entry(sheet, row) for sheet, row in rows), heard)


async def write(connection: Connection, changes: Sequence[Change], *, actor: str, now: datetime) -> None:
    """Write changes, and each in the journal.

    Args:
        connection: A journalled one.
        changes: As `revise` found them.
        actor: Who makes them.
        now: The room's time.
    """
    async with connection.cursor() as cursor:
        for sheet in SHEETS:
            rows = [_row(change.after) | {"now": now} for change in changes if change.sheet is sheet]
            if rows:
                await cursor.executemany(SQL[f"put_{sheet.entity}"], rows)
    await journal.write_all(connection, _told(changes, actor, now))


def _found(book: Book, given: Given) -> Revision:
    revision = revise(book, given.rows)
    revision.rejected = [*given.rejected, *revision.rejected]
    return revision


async def _newest_change(connection: Connection) -> int:
    row = await fetch_one(connection, SQL["newest_change"], {"entities": [sheet.entity for sheet in SHEETS]})
    assert row, "an aggregate has one row"
    seq: int = row["seq"]
    return seq


def _told(changes: Iterable[Change], actor: str, now: datetime) -> list[Entry]:
    return [
        Entry(
            kind=f"{change.sheet.entity}.{'changed' if change.before else 'added'}",
            entity=change.sheet.entity,
            entity_id=labelled(change.key),
            before=flat(change.before) if change.before else None,
            after=flat(change.after),
            actor=actor,
            at=now,
        )
        for change in changes
    ]


def _entry(sheet: Sheet, row: Mapping[str, Any]) -> Registered:
    """A row of the memory; enumerations come as they are written."""
    enumerations = {"kind", "position", "quantity", "level"}
    values = {name: _read(sheet, name, value) if name in enumerations else value for name, value in row.items()}
    return sheet.entry(values, None)


def _read(sheet: Sheet, name: str, value: object) -> Any:
    return None if value is None else sheet.columns[name](str(value))


def _row(entry: Registered) -> dict[str, Any]:
    return {name: Jsonb(value) if isinstance(value, list) else value for name, value in flat(entry).items()}
