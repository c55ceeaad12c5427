"""One room for the contracts of the API: five streets just after noon, A under 30 cm of water."""

from collections.abc import AsyncIterator

import pytest

from dashboard_api.testing.five import furnish, noon, rain
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.store.database import Database
from onemap.engines.mosquitto import MosquittoEngine


@pytest.fixture
async def room(database_url: str, broker: MosquittoEngine) -> AsyncIterator[Served]:
    async with Database(database_url) as database:
        await furnish(database)
        await rain(database, "A", 0.1, 0.2, 0.3)
    async with served(settings_for(database_url, broker.url(), noon())) as room:
        yield room
