"""The journal: what changed, when, by whom; written in the same transaction as the change, or neither."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.statements import statements

SQL = statements("journal")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change.

    Attributes:
        kind: `entity.what`, such as `order.confirmed`.
        entity: incident, order, team, ...
        before: The row before the change as JSON, or None where it is new.
        after: The row after it, or None where it is gone.
        actor: A user's id, or `service:name`.
        at: The room's time.
    """

    kind: str
    entity: str
    entity_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    actor: str
    at: datetime


@asynccontextmanager
async def journalled(database: Database) -> AsyncIterator[Connection]:
    """A transaction that changes what the journal records; call `write` in it beside each change.

    These transactions run one after another, so keep them short.
    """
    async with database.connection() as connection:
        await connection.execute(SQL["take_turn"])
        yield connection


async def write(connection: Connection, entry: Entry) -> None:
    """Record a change inside a `journalled` transaction."""
    await connection.execute(SQL["write"], _row(entry))


async def write_all(connection: Connection, entries: Iterable[Entry]) -> None:
    """Record many changes inside a `journalled` transaction, without a round trip for each."""
    async with connection.cursor() as cursor:
        await cursor.executemany(SQL["write"], [_row(entry) for entry in entries])


async def record(
    connection: Connection,
    entity: str,
    what: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> None:
    """Record what happened to a row of a table whose key is called `{entity}_id`."""
    await write(
        connection,
        Entry(
            kind=f"{entity}.{what}",
            entity=entity,
            entity_id=str(after[f"{entity}_id"]),
            before=before,
            after=after,
            actor=actor,
            at=now,
        ),
    )


async def since(connection: Connection, seq: int, limit: int = 1000) -> list[dict[str, Any]]:
    """Entries after `seq`, oldest first: keys are the columns of `journal`."""
    return await fetch_all(connection, SQL["since"], {"seq": seq, "limit": limit})


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "kind": entry.kind,
        "entity": entry.entity,
        "entity_id": entry.entity_id,
        "before": _as_json(entry.before),
        "after": _as_json(entry.after),
        "actor": entry.actor,
    }


def _as_json(row: Mapping[str, Any] | None) -> Jsonb | None:
    if row is None:
        return None
    return Jsonb({key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()})
