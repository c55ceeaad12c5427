"""The identity, as Prometheus reads it: what has come is settled or in flight, whatever happens meanwhile."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard_api.figures import OUTCOMES
from dashboard_api.testing.served import Served, served, settings_for
from floodcore.bus import address, new_client
from floodcore.domain.reading import Quantity
from floodcore.settings import Settings, load_settings
from floodcore.store.database import Database
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import DEVICE_OF, NOON, STREETS
from floodcore.testing.gateway import Gateway
from floodcore.wire import senml, topics
from ingest.service import main
from onemap.engines.mosquitto import FLEET, MosquittoEngine

A = "gauge-A"
RECEIVED, IN_FLIGHT = "onemap_ingest_received_records_total", "onemap_ingest_in_flight_records"
PATIENCE_S = 40  # a store that hangs is given up after ten seconds, and reports come every five


def level(second: float, depth_m: float) -> bytes:
    return senml.encode(A, [(Quantity.LEVEL, NOON + timedelta(seconds=second), depth_m)])


# Nine records: four readings (two of them an hour old), three repeats, another value for one, noise.
STORY = (
    *(level(0, 0.1), level(0, 0.1), level(0, 0.3), level(1, 0.1), level(1, 0.1)),
    *(level(-3600, 0.2), level(-3601, 0.2), level(-3600, 0.2), b"noise"),
)
SETTLED = {"stored": 4, "duplicate": 3, "conflict": 1, "quarantined": 1}


@pytest.fixture
def settings(database_url: str, broker: MosquittoEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name, value in {
        "DATABASE__URL": database_url,
        "MQTT__URL": broker.url(),
        "INGEST__INSTANCE": secrets.token_hex(4),
        "INGEST__SPOOL": str(tmp_path / "spool"),
        "READY_FILE": str(tmp_path / "ready"),
        "CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "CLOCK__START": NOON.isoformat(),
    }.items():
        monkeypatch.setenv(f"ONEMAP_{name}", value)
    return load_settings()


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Served]:
    """The API over a register of one gauge."""
    async with Database(settings.database_url()) as database, database.connection() as connection:
        await put_site(connection, STREETS[0])
        await put_sensor(connection, device_id=DEVICE_OF["street-A"], site_id="street-A", quantity=Quantity.LEVEL)
    async with served(settings_for(settings.database_url(), settings.mqtt_url(), settings.clock)) as room:
        yield room


@asynccontextmanager
async def ingest(settings: Settings) -> AsyncIterator[None]:
    """Ingest at work; when the block ends it is stopped, and its session stays."""
    assert settings.ready_file
    settings.ready_file.unlink(missing_ok=True)
    stopping = asyncio.Event()
    task = asyncio.create_task(main(settings, stopping))
    async with asyncio.timeout(PATIENCE_S):
        while not settings.ready_file.exists():
            assert not task.done(), task
            await asyncio.sleep(0.01)
    yield
    stopping.set()
    await asyncio.wait_for(task, PATIENCE_S)


@asynccontextmanager
async def nothing_can_be_counted(database_url: str) -> AsyncIterator[None]:
    """Whoever would store a batch waits for the last statement of its transaction; reading goes on."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("LOCK TABLE ingest_total IN EXCLUSIVE MODE")
        yield


@pytest.fixture
def forgotten(settings: Settings) -> Iterator[None]:
    """Our session ends with the test: the broker is shared, and would keep other tests' messages for us."""
    yield
    client = new_client(settings.mqtt_url(), f"ingest-{settings.ingest.instance}")
    client.on_connect = lambda *_: client.disconnect()
    client.connect(*address(settings.mqtt_url()), clean_start=True)
    client.loop_forever()


class Scrapes:
    """What a Prometheus sees of one copy of ingest."""

    def __init__(self, room: Served, settings: Settings) -> None:
        self._room, self._component = room, f"ingest-{settings.ingest.instance}"

    async def until(self, *, received: int, in_flight: int) -> dict[str, float]:
        """Scrape until that much has come and is in flight; returns the settled records by outcome."""
        told = await self._when(lambda told: (told[RECEIVED], told[IN_FLIGHT]) == (received, in_flight))
        settled = {outcome: told[outcome] for outcome in OUTCOMES}
        assert told[RECEIVED] == sum(settled.values()) + told[IN_FLIGHT], "the identity"
        return settled

    async def until_on_disk(self) -> None:
        """Scrape until everything of the story lies in the spool, beside what other tests' gauges have retained."""
        await self._when(lambda told: told["onemap_ingest_spool_messages"] >= len(STORY))

    async def _when(self, condition: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        async with asyncio.timeout(PATIENCE_S):
            while not ((told := await self._once()) and condition(told)):  # noqa: ASYNC110 - Prometheus asks, too
                await asyncio.sleep(0.1)
        return told

    async def database(self) -> float:
        """How many records have come since the database was made."""
        samples = await self._samples()
        records = sum(value for (name, *_), value in samples.items() if name == "onemap_database_records_total")
        return records - samples["onemap_database_replayed_records_total",]

    async def _once(self) -> dict[str, float]:
        """Our copy's figures, its settled records by outcome; nothing before its first report."""
        told = {}
        for (name, *labels), value in (await self._samples()).items():
            if self._component in labels:
                told[labels[-1] if name == "onemap_ingest_settled_records_total" else name] = value
        return told

    async def _samples(self) -> dict[tuple[str, ...], float]:
        async with self._room.http() as http:
            text = (await http.get("/metrics")).text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


async def test_what_has_come_is_settled_or_in_flight(
    room: Served, settings: Settings, broker: MosquittoEngine, forgotten: None
) -> None:
    scrapes, nothing = Scrapes(room, settings), dict.fromkeys(OUTCOMES, 0)
    with Gateway(broker.url(FLEET)) as gateway:
        async with nothing_can_be_counted(settings.database_url()):
            async with ingest(settings):
                for payload in STORY:
                    await asyncio.to_thread(gateway.publish, topics.telemetry(A), payload)
                assert await scrapes.until(received=9, in_flight=9) == nothing, "in hand, or on the disk"
                await scrapes.until_on_disk()
            async with ingest(settings):  # a process that begins with a spool that is not empty
                assert await scrapes.until(received=9, in_flight=9) == nothing, "taken over from the one before"
        # The lock is gone with both of its holders: the next process stores what all of them have left.
        async with ingest(settings):
            assert await scrapes.until(received=9, in_flight=0) == SETTLED
            await asyncio.to_thread(gateway.publish, topics.telemetry(A), level(2, 0.1))
            assert await scrapes.until(received=10, in_flight=0) == SETTLED | {"stored": 5}
    assert await scrapes.database() == 10
