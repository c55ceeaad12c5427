"""Servers of the user's own."""

from collections.abc import Callable

import psycopg
import pytest

from onemap.engines.mosquitto import MosquittoEngine
from onemap.engines.running import start_servers
from onemap.errors import StartError
from onemap.home import Home
from onemap.supervisor import Supervisor


async def test_a_demo_does_not_mix_with_a_citys_own_database(
    database_url: str, broker: MosquittoEngine, make_home: Callable[[], Home]
) -> None:
    own = {"ONEMAP_DATABASE__URL": database_url, "ONEMAP_MQTT__URL": broker.url()}
    home = make_home()
    async with Supervisor(home, mode="test") as supervisor:
        servers = await start_servers(supervisor, home, fresh=True, environ=own)
        assert servers.database_url == database_url
        with psycopg.connect(database_url) as connection:
            connection.execute("INSERT INTO site (site_id, name, kind) VALUES ('a', 'A', 'road')")
        with pytest.raises(StartError, match="has 1 sites already"):
            await start_servers(supervisor, home, fresh=True, environ=own)


async def test_a_broker_that_is_away_is_named_at_once(database_url: str, make_home: Callable[[], Home]) -> None:
    own = {"ONEMAP_DATABASE__URL": database_url, "ONEMAP_MQTT__URL": "mqtt://127.0.0.1:1"}
    home = make_home()
    async with Supervisor(home, mode="test") as supervisor:
        with pytest.raises(StartError, match="No broker answers at"):
            await start_servers(supervisor, home, environ=own)
