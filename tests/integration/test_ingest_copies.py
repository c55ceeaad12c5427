"""Three copies of ingest on one subscription make of the same messages what one makes that is alone."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from floodcore.domain.reading import Quantity, Reason
from floodcore.store.database import Database
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.gateway import Gateway
from floodcore.testing.street_room import furnish
from floodcore.wire import senml, topics
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from onemap.engines.postgres import PostgresEngine
from tests.integration.ingest_process import ingest_at_noon

COPIES = ("east", "north", "west")
PER_GAUGE = 300
STEP = timedelta(seconds=30)  # the last 150 minutes before noon: most of it late, the end of it news
DOUBLED, PACKS_TWICE = 0.2, 10

Row = tuple[str, str, datetime, float]  # device, quantity, observed at, value


class Sent(NamedTuple):
    """A message on its topic."""

    topic: str
    payload: bytes
    records: int = 1


def observed(device: str) -> list[Row]:
    """What one gauge has to say: a level every half minute, each another, and its battery now and then."""
    depths = [(device, "level", NOON - n * STEP, n / 1000) for n in range(PER_GAUGE)]
    volts = [(device, "battery", NOON - n * 30 * STEP, 3.6 - n / 1000) for n in range(PER_GAUGE // 30)]
    return depths + volts


def said(*rows: Row) -> Sent:
    """A pack of one gauge's observations."""
    payload = senml.encode(rows[0][0], [(Quantity(quantity), at, value) for _, quantity, at, value in rows])
    return Sent(topics.telemetry(rows[0][0]), payload, len(rows))


def refused() -> list[Sent]:
    """Of what nobody can store, every message another; the reasons are counted in `REFUSED`."""
    old = NOON - timedelta(days=4000)
    return [
        *(Sent(topics.telemetry("gauge-A"), b"noise %d" % n) for n in range(30)),
        *(said(("stranger", "level", NOON - n * STEP, 0.1)) for n in range(20)),
        *(said(("gauge-B", "level", old - n * STEP, 0.1)) for n in range(10)),
        *(Sent(topics.telemetry("gauge-C"), b'[{"n":"level","u":"V","v":%d}]' % n) for n in range(5)),
    ]


REFUSED = {Reason.UNREADABLE: 30, Reason.UNKNOWN_DEVICE: 20, Reason.TOO_OLD: 10, Reason.UNKNOWN_UNIT: 5}


def messages(chance: random.Random) -> list[Sent]:
    """Everything once, a fifth of it twice, and some packs that repeat what came alone; no order at all."""
    spoken = [row for device in DEVICE_OF.values() for row in observed(device)]
    once = [*(said(row) for row in spoken), *refused()]
    again = chance.sample(once, int(DOUBLED * len(once)))
    packs = [said(*observed(device)[:PACKS_TWICE]) for device in DEVICE_OF.values()]
    return chance.sample([*once, *again, *packs], len(once) + len(again) + len(packs))


@pytest.fixture
def broker(own_engines: Any, engines_prefix: Path) -> MosquittoEngine:
    """A broker of our own: it keeps sessions, and those of this test shall be nobody else's."""
    engine = MosquittoEngine(own_engines.home, engines_prefix)
    engine.prepare()
    own_engines.start(engine.spec())
    return engine


@pytest.fixture
def databases(postgres: PostgresEngine, template_database: str) -> Iterator[tuple[str, str]]:
    """One for the three copies and one for the one that is alone, with the same register."""
    names = ("copies_shared", "copies_alone")
    shared, alone = (postgres.create_database(name, fresh=True, template=template_database) for name in names)
    for url in (shared, alone):
        asyncio.run(register(url))
    yield shared, alone
    for name in names:
        postgres.drop_database(name)


async def register(url: str) -> None:
    async with Database(url) as database:
        await furnish(database)


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode()).fetchall()


OF_SENSOR = "JOIN sensor USING (sensor_id) ORDER BY device_id, quantity, observed_at"
MADE_OF_IT = {
    "readings": f"SELECT device_id, quantity, observed_at, value, flags FROM reading {OF_SENSOR}",
    "latest": f"SELECT device_id, quantity, observed_at, value FROM latest {OF_SENSOR}",
    "conflicts": f"SELECT device_id, quantity, observed_at, reading_conflict.value FROM reading_conflict {OF_SENSOR}",
    "quarantine": "SELECT reason, count(*), sum(seen), sum(records) FROM quarantine GROUP BY reason ORDER BY reason",
    "totals": "SELECT name, n FROM ingest_total ORDER BY name",
}
RECEIVED = "SELECT component, figures->>'received' FROM service_health WHERE component LIKE 'ingest-%' ORDER BY 1"


def test_three_copies_make_the_same_as_one(
    databases: tuple[str, str], broker: MosquittoEngine, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    shared, alone = databases
    sent = messages(random.Random(20210720))
    records = sum(one.records for one in sent)

    def has_counted(url: str) -> bool:
        return ask(url, "SELECT sum(n) FROM ingest_total") == [(records,)]

    def received() -> dict[str, int]:
        return {component: int(n) for component, n in ask(shared, RECEIVED)}

    with ExitStack() as running:
        for name in (*COPIES, "alone"):
            folder = tmp_path / name
            folder.mkdir()
            url = alone if name == "alone" else shared
            running.enter_context(ingest_at_noon(url, broker.url(), folder, eventually, name, shared=name in COPIES))
        with Gateway(broker.url(FLEET)) as gateway:
            for one in sent:
                gateway.publish(one.topic, one.payload)
        for url in (shared, alone):
            eventually(partial(has_counted, url))
        eventually(lambda: sum(received().values()) == records)
        assert all(received()[f"ingest-{name}"] > records / 10 for name in COPIES), "each had its share"

    made = {what: ask(shared, sql) for what, sql in MADE_OF_IT.items()}
    assert made == {what: ask(alone, sql) for what, sql in MADE_OF_IT.items()}
    truth = sorted(row for device in DEVICE_OF.values() for row in observed(device))
    assert [row[:4] for row in made["readings"]] == truth
    assert made["latest"] == [row for row in truth if row[2] == NOON]
    assert made["conflicts"] == []
    assert {reason: messages for reason, messages, _, _ in made["quarantine"]} == REFUSED
