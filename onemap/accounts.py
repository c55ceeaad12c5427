"""The first account: without it nobody could sign in to a room that was just installed."""

import asyncio

from dashboard_api.accounts import put_user
from floodcore.store.database import Database
from onemap.engines.kept import password
from onemap.home import Home

ADMIN = "admin"


def ensure_admin(home: Home, database_url: str) -> None:
    """Give the admin's account the password that this home keeps; it is made on first use.

    Args:
        home: Keeps the password, in a file that only its owner reads.
        database_url: A migrated database.
    """
    asyncio.run(_ensure(database_url, password(home, ADMIN)))


async def _ensure(database_url: str, secret: str) -> None:
    async with Database(database_url, size=1, name="onemap up") as database, database.connection() as connection:
        await put_user(connection, ADMIN, secret, "admin")
