"""Connections to the database, with the driver's errors translated once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from floodcore.errors import DatabaseUnavailable, first_line

Connection = psycopg.AsyncConnection[DictRow]
CONNECT_TIMEOUT_S = 5
WAIT_FOR_CONNECTION_S = 10.0
BROKEN_OFF = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


class Database:
    """A pool of connections whose rows are dicts; used as `async with Database(url) as database`.

    Every connection is checked before it is handed out, so that a restart of the server costs one retry and no
    broken request; while the server is away, `connection` raises within seconds instead of hanging.
    """

    def __init__(self, url: str, *, size: int = 4, name: str = "onemap") -> None:
        self._pool = AsyncConnectionPool[Connection](
            url,
            min_size=1,
            max_size=size,
            open=False,
            timeout=WAIT_FOR_CONNECTION_S,
            reconnect_timeout=0,
            check=AsyncConnectionPool.check_connection,
            kwargs={
                "row_factory": dict_row,
                "connect_timeout": CONNECT_TIMEOUT_S,
                "application_name": name,
                "options": "-c timezone=UTC",
                "keepalives_idle": 30,
            },
        )

    async def __aenter__(self) -> "Database":
        await self._pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for one short piece of work, in one transaction that commits when the block ends well.

        Raises:
            DatabaseUnavailable: The server is away or broke off; nothing of the block was committed, or, if it broke
                off during the commit itself, it is unknown: so whatever is written here must be idempotent.
        """
        try:
            async with self._pool.connection() as connection:
                yield connection
        except BROKEN_OFF as error:
            raise DatabaseUnavailable(
                f"The database is away ({first_line(error)}); the work is kept and tried again."
            ) from error

    async def is_reachable(self, within_s: float = 2.0) -> bool:
        """Whether a trivial query is answered in time."""
        try:
            async with asyncio.timeout(within_s), self.connection() as connection:
                await connection.execute("SELECT 1")
        except (DatabaseUnavailable, TimeoutError):
            return False
        return True


async def fetch_one(connection: Connection, sql: Any, parameters: dict[str, Any] | None = None) -> DictRow | None:
    """The first row, or None."""
    return await (await connection.execute(sql, parameters)).fetchone()


async def fetch_all(connection: Connection, sql: Any, parameters: dict[str, Any] | None = None) -> list[DictRow]:
    """All rows."""
    return await (await connection.execute(sql, parameters)).fetchall()
