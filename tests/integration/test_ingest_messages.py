"""What becomes of a message: ingest in this process, with a real broker and a real database."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from floodcore.bus import Bus, address, new_client
from floodcore.domain.reading import Quantity
from floodcore.settings import Settings, load_settings
from floodcore.store.database import Database, fetch_all, fetch_one
from floodcore.store.health import reports
from floodcore.store.readings import totals
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import DEVICE_OF, NOON, STREETS
from floodcore.testing.gateway import Gateway
from floodcore.testing.street_room import SetClock
from floodcore.wire import senml, topics
from floodcore.wire.announcement import Kind
from ingest.decode import Decoded, decode
from ingest.message import Message
from ingest.service import main
from ingest.storing import store
from onemap.engines.mosquitto import FLEET, MosquittoEngine

MINUTE = timedelta(minutes=1)
A, B = "gauge-A", "gauge-B"


def level(minute: float, depth_m: float, device_id: str = A) -> bytes:
    """A pack of one record, `minute` minutes after noon."""
    return senml.encode(device_id, [(Quantity.LEVEL, NOON + minute * MINUTE, depth_m)])


@pytest.fixture
def settings(database_url: str, broker: MosquittoEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Noon in Zhengzhou on 20 July 2021, a few minutes of which pass while the test runs."""
    monkeypatch.setenv("ONEMAP_INGEST__SPOOL", str(tmp_path / "spool"))
    for name, value in {
        "DATABASE__URL": database_url,
        "MQTT__URL": broker.url(),
        "INGEST__INSTANCE": secrets.token_hex(4),
        "CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "CLOCK__START": NOON.isoformat(),
    }.items():
        monkeypatch.setenv(f"ONEMAP_{name}", value)
    return load_settings()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        async with database.connection() as connection:
            for site in STREETS:
                await put_site(connection, site)
                device_id = DEVICE_OF[site.site_id]
                await put_sensor(connection, device_id=device_id, site_id=site.site_id, quantity=Quantity.LEVEL)
        yield database


@pytest.fixture
async def ingest(settings: Settings, database: Database, tmp_path: Any) -> AsyncIterator[asyncio.Task[None]]:
    """The service at work."""
    settings.ready_file = tmp_path / "ready"
    stopping = asyncio.Event()
    async with asyncio.timeout(30):
        task = asyncio.create_task(main(settings, stopping))
        while not settings.ready_file.exists():
            assert not task.done(), task
            await asyncio.sleep(0.01)
    yield task
    stopping.set()
    await asyncio.wait_for(task, 10)
    forget_session(settings)


@pytest.fixture
def gateway(broker: MosquittoEngine) -> Iterator[Gateway]:
    with Gateway(broker.url(FLEET)) as gateway:
        yield gateway


def forget_session(settings: Settings) -> None:
    """End our session: the broker is shared with other tests, and would keep a share of their messages for us."""
    client = new_client(settings.mqtt_url(), f"ingest-{settings.ingest.instance}")

    def leave(*_: object) -> None:
        client.disconnect()

    client.on_connect = leave
    client.connect(*address(settings.mqtt_url()), clean_start=True)
    client.loop_forever()


async def counted(database: Database, **expected: int) -> dict[str, int]:
    """Wait until ingest has counted as many records as expected; returns its counts."""
    async with asyncio.timeout(20):
        while True:
            async with database.connection() as connection:
                told = await totals(connection)
            if sum(told.values()) >= sum(expected.values()):
                return {name: n for name, n in told.items() if n}
            await asyncio.sleep(0.02)


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        return [tuple(row.values()) for row in await fetch_all(connection, sql)]


async def test_a_reading_is_stored_with_the_rooms_time(ingest: object, gateway: Gateway, database: Database) -> None:
    gateway.publish(topics.telemetry(A), level(-3, 0.27))
    assert await counted(database, stored=1) == {"stored": 1}
    [(observed_at, received_at, value, quality)] = await rows(
        database, "SELECT observed_at, received_at, value, quality FROM reading"
    )
    assert (observed_at, value, quality) == (NOON - 3 * MINUTE, 0.27, 0)
    assert NOON < received_at < NOON + MINUTE
    assert await rows(database, "SELECT value FROM latest") == [(0.27,)]


async def test_a_reading_that_waited_for_the_database_is_known_from_its_storing_on(database: Database) -> None:
    """As known at 12:03 is then the same whether one asks at 12:04 or tomorrow."""
    arrived = Message(
        topic=topics.telemetry(A), payload=b'[{"n":"level","v":0.27,"t":-60}]', content_type=None, received_at=NOON
    )
    said = Message(topic=topics.status(A), payload=b"offline", content_type=None, received_at=NOON)
    batch, clock = [decode(arrived), decode(said)], SetClock(NOON + 5 * MINUTE)
    await store(database, batch, clock)
    assert await rows(database, "SELECT observed_at, received_at FROM reading") == [(NOON - MINUTE, NOON + 5 * MINUTE)]
    assert await rows(database, "SELECT status_at FROM device WHERE status = 'offline'") == [(NOON + 5 * MINUTE,)]
    clock.time += MINUTE
    assert (await store(database, batch, clock)).duplicate == 1  # tried again after a commit that broke off
    assert await rows(database, "SELECT received_at FROM reading") == [(NOON + 5 * MINUTE,)]


async def test_json_and_cbor_and_many_records_in_one_message(
    ingest: object, gateway: Gateway, database: Database
) -> None:
    gateway.publish(topics.telemetry(A), level(-2, 0.1), content_type=senml.JSON)
    pack = [{-2: "gauge-A:", -3: (NOON - MINUTE).timestamp(), -4: "cm", 0: "level", 2: 12}, {0: "level", 2: 13, 6: 1}]
    gateway.publish(topics.telemetry(A), cbor2.dumps(pack), content_type=senml.CBOR)
    assert await counted(database, stored=3) == {"stored": 3}
    assert await rows(database, "SELECT value FROM reading ORDER BY observed_at") == [(0.1,), (0.12,), (0.13,)]


async def test_what_comes_twice_late_or_in_contradiction(ingest: object, gateway: Gateway, database: Database) -> None:
    for payload in (level(-1, 0.3), level(-1, 0.3), level(-1, 0.9), level(-5, 0.1)):
        gateway.publish(topics.telemetry(A), payload)
    expected = {"stored": 2, "duplicate": 1, "conflict": 1}
    assert await counted(database, **expected) == expected
    assert await rows(database, "SELECT value FROM latest") == [(0.3,)]
    assert await rows(database, "SELECT value FROM reading_conflict") == [(0.9,)]


async def test_what_cannot_be_read_is_kept_whole_and_counted(
    ingest: object, gateway: Gateway, database: Database
) -> None:
    half = b'[{"n":"level","v":0.1},{"n":"level","v":"wet"},{"n":"mood","v":1}]'  # 1 reading, 2 faults
    gateway.publish(topics.telemetry(A), half)
    gateway.publish(topics.telemetry(A), b"\x00\xff")
    gateway.publish(topics.telemetry(A), b"\x00\xff")
    gateway.publish("onemap/v1/devices/gauge Ä/telemetry", level(0, 0.1))
    gateway.publish(topics.telemetry(B), level(0, -99.99, B))
    gateway.publish(topics.telemetry("gauge-Z"), level(-1, 0.1))
    gateway.publish(topics.telemetry(A), b'[{"n":"\\ud800\\u0000level!","u":"\\u0000","v":1}]')
    gateway.publish(topics.status(A), b"asleep")
    expected = {"stored": 1, "quarantined": 2 + 1 + 1 + 1 + 1 + 1 + 1 + 1}
    assert await counted(database, **expected) == expected
    kept = await rows(database, "SELECT reason, records, seen FROM quarantine ORDER BY quarantine_id")
    assert sorted(kept) == [
        ("bad_record", 1, 1),
        ("bad_record", 2, 1),
        ("bad_topic", 1, 1),
        ("unknown_device", 1, 1),
        ("unknown_quantity", 1, 1),
        ("unreadable", 1, 1),
        ("unreadable", 1, 2),
    ]
    assert (half,) in await rows(database, "SELECT payload FROM quarantine")


async def test_a_device_that_is_registered_later_can_be_replayed_from_the_quarantine(
    ingest: object, gateway: Gateway, database: Database
) -> None:
    gateway.publish(topics.telemetry("gauge-F"), level(-1, 0.4, "gauge-F"))
    await counted(database, quarantined=1)
    async with database.connection() as connection:
        await put_sensor(connection, device_id="gauge-F", site_id="street-A", quantity=Quantity.LEVEL)
        kept = await fetch_one(connection, "SELECT topic, payload FROM quarantine")
    assert kept
    gateway.publish(kept["topic"], kept["payload"])
    assert await counted(database, quarantined=1, stored=1) == {"quarantined": 1, "stored": 1}


@pytest.fixture
def gauge_a_came_before_us(gateway: Gateway) -> Iterator[None]:
    gateway.publish(topics.status(A), b"online", retain=True)
    yield
    gateway.publish(topics.status(A), b"", retain=True)


async def test_a_device_is_there_until_it_or_its_last_will_says_otherwise(
    gauge_a_came_before_us: None, ingest: object, gateway: Gateway, database: Database
) -> None:
    async def become(expected: set[tuple[str, str]]) -> None:
        said: object = None
        async with asyncio.timeout(20):
            while said != expected:
                said = set(await rows(database, "SELECT device_id, status FROM device WHERE status <> 'unknown'"))

    await become({(A, "online")})
    gateway.publish(topics.status(B), b"online")
    gateway.publish(topics.status(A), b"offline", retain=True)
    await become({(A, "offline"), (B, "online")})
    [(at,)] = await rows(database, "SELECT status_at FROM device WHERE device_id = 'gauge-A'")
    assert NOON < at < NOON + MINUTE


async def test_what_is_committed_is_announced(
    ingest: object, gateway: Gateway, database: Database, settings: Settings
) -> None:
    async with Bus(settings.mqtt_url(), "listener", [Kind.READINGS]) as bus:
        async with asyncio.timeout(20):
            minute = 0
            heard: list[Any] = []
            while not heard:  # the listener's subscription is on its way
                minute -= 1
                gateway.publish(topics.telemetry("gauge-C"), level(minute, 0.1))
                heard = await bus.hint(0.3)
    assert heard[0].ids == ("3",)  # C is the third street


async def figures(
    database: Database, settings: Settings, condition: Callable[[dict[str, float]], bool]
) -> dict[str, float]:
    """Wait for a report of this copy that fulfils a condition."""
    async with asyncio.timeout(20):
        while True:
            async with database.connection() as connection:
                told = {row["component"]: row for row in await reports(connection)}
            ours = told.get(f"ingest-{settings.ingest.instance}")
            if ours and condition(ours["figures"]):
                assert ours["state"] == "ok"
                return dict(ours["figures"])
            await asyncio.sleep(0.02)


async def test_what_was_received_is_accounted_for(
    ingest: object, gateway: Gateway, settings: Settings, database: Database
) -> None:
    news, backlog = level(0, 0.1), level(-60, 0.2)
    for payload in (news, news, level(0, 0.3), backlog, level(-61, 0.2), b"noise"):
        gateway.publish(topics.telemetry(A), payload)
    told = await figures(database, settings, lambda ours: ours["received"] == 6 and ours["in_flight"] == 0)
    settled = {name: told[name] for name in ("stored", "duplicate", "conflict", "quarantined")}
    assert settled == {"stored": 3, "duplicate": 1, "conflict": 1, "quarantined": 1}
    assert told["spool_messages"] == told["spool_bytes"] == told["dropped"] == 0


async def test_a_delivery_that_comes_again_means_the_moment_at_which_it_came_first(database: Database) -> None:
    """Ingest was killed between the commit and the acknowledgement of a reading without a time."""

    def delivered(at: datetime, payload: bytes, *, again: bool) -> Decoded:
        topic = topics.telemetry(A)
        return decode(Message(topic=topic, payload=payload, content_type=None, received_at=at, mid=7, again=again))

    async def stored(delivery: Decoded) -> list[Any]:
        await store(database, [delivery], SetClock(NOON + 9 * MINUTE), "1")
        return [at for (at,) in await rows(database, "SELECT observed_at FROM reading ORDER BY 1")]

    untimed, other = b'[{"n":"level","v":0.27}]', b'[{"n":"level","v":0.28}]'
    assert await stored(delivered(NOON, untimed, again=False)) == [NOON]
    assert await stored(delivered(NOON + MINUTE, untimed, again=True)) == [NOON]
    assert await stored(delivered(NOON + 2 * MINUTE, untimed, again=True)) == [NOON], "and again"
    later = NOON + 3 * MINUTE
    assert await stored(delivered(later, other, again=True)) == [NOON, later], "the number means another message now"
    assert await stored(delivered(NOON + 4 * MINUTE, other, again=False)) == [NOON, later, NOON + 4 * MINUTE]
    tomorrow = delivered(NOON + 1500 * MINUTE, other, again=True)
    assert NOON + 1500 * MINUTE in await stored(tomorrow), "its first delivery was never stored: that one is long past"


async def test_a_delivery_that_came_twice_in_one_batch_is_one(database: Database) -> None:
    """The database hung while the broker went and came back: both deliveries waited for it together."""
    untimed, other = b'[{"n":"level","v":0.27}]', b'[{"n":"level","v":0.28}]'

    def delivered(second: int, payload: bytes, mid: int, *, again: bool) -> Decoded:
        at, topic = NOON + second * MINUTE / 60, topics.telemetry(A)
        return decode(Message(topic=topic, payload=payload, content_type=None, received_at=at, mid=mid, again=again))

    batch = [
        delivered(0, untimed, 7, again=False),
        delivered(1, other, 8, again=False),
        delivered(3, untimed, 7, again=True),
        delivered(4, other, 7, again=False),  # the number means another message now
    ]
    outcome = await store(database, batch, SetClock(NOON + 9 * MINUTE), "1")
    assert (outcome.stored, outcome.duplicate) == (3, 1)
    found = [at for (at,) in await rows(database, "SELECT observed_at FROM reading ORDER BY 1")]
    assert found == [NOON, NOON + MINUTE / 60, NOON + 4 * MINUTE / 60]
