"""One leader among several copies of a service: whoever holds the database's advisory lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from floodcore.errors import DatabaseUnavailable


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
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=5, application_name=f"{service} lead"
        )
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("The database is away; waiting for it before taking the lead.") from error
    async with connection:
        try:
            await connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (f"onemap lead {service}",))
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable("The database broke off while waiting for the lead; starting again.") from error
        yield Leadership(connection)
