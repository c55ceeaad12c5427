"""What commands share that work on the memory as a person at a desk does."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from floodcore.store.database import Database
from onemap.engines.running import embedded_database
from onemap.home import Home

LOCAL = ZoneInfo("Asia/Shanghai")


@asynccontextmanager
async def memory(name: str) -> AsyncIterator[Database]:
    """The database, started for the command where it does not run."""
    async with embedded_database(Home.from_environment()) as url, Database(url, name=name) as database:
        yield database


def actor() -> str:
    """Who sits at the desk, for the journal."""
    return f"cli:{getpass.getuser()}"


def local(moment: datetime) -> str:
    """A moment as people here read it."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
