"""One leader among several copies of a service: whoever holds the database's advisory lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from floodcore.errors import DatabaseUnavailable

ASK_EVERY_S = 1.0  # real; how long the service is without a leader at most
# A leader whose machine loses its power says no goodbye: the server notices within a minute instead of two hours.
LET_GO = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


class Leadership:
    """Held as long as its connection lives; a leader that loses the database has lost the lead."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection

    async def check(self) -> None:
        """Make sure that we still lead.

        Raises:
            DatabaseUnavailable: The connection, and with it the lock, is gone; start again.
        """
        try:
            await self._connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable("The lead is lost because the database broke off; starting again.") from error


@asynccontextmanager
async def leadership(url: str, service: str) -> AsyncIterator[Leadership]:
    """Wait until this copy leads, and lead until the block ends.

    Args:
        url: The database's URL; the lock has a connection of its own.
        service: The name that copies of one service share.

    Raises:
        DatabaseUnavailable: The database is away or broke off.
    """
    async with await _connect(url, service) as connection:
        while not await _takes(connection, service):  # noqa: ASYNC110 - the other copy is no task of ours
            await asyncio.sleep(ASK_EVERY_S)
        yield Leadership(connection)


async def _connect(url: str, service: str) -> psycopg.AsyncConnection:
    try:
        return await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=5, application_name=f"{service} lead", options=LET_GO
        )
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("The database is away; waiting for it before taking the lead.") from error


async def _takes(connection: psycopg.AsyncConnection, service: str) -> bool:
    """Ask for the lock without waiting in the server: a statement that waits for days keeps old rows from cleaning."""
    try:
        asked = await connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (f"onemap lead {service}",))
        row = await asked.fetchone()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("The database broke off while waiting for the lead; starting again.") from error
    return bool(row and row[0])
