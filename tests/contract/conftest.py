"""One room for the contracts of the API: five streets just after noon, A under 30 cm of water."""

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from dashboard_api import accounts
from dashboard_api.testing.five import noon, rain
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.store.database import Database
from floodcore.testing.street_room import furnish
from onemap.engines.mosquitto import MosquittoEngine


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The price of a password's hash is for thieves, and not for tests with a dozen accounts."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def room(database_url: str, broker: MosquittoEngine, quick_hashes: None) -> AsyncIterator[Served]:
    async with Database(database_url) as database:
        await furnish(database)
        await rain(database, "A", 0.1, 0.2, 0.3)
    async with served(settings_for(database_url, broker.url(), noon())) as room:
        yield room
