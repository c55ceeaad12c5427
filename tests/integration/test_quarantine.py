"""What could not be read: listed, shown, read again once the register is mended, or dropped; always on record."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from floodcore.domain.reading import Quantity, Reason
from floodcore.store import quarantine
from floodcore.store.database import Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.readings import arrived, totals
from floodcore.store.register import put_sensor, put_site
from floodcore.testing.five_streets import NOON, STREETS
from floodcore.testing.street_room import SetClock
from floodcore.wire import senml
from ingest.decode import decode
from ingest.message import Message
from ingest.replay import Replayed, replay
from ingest.storing import store
from onemap.home import CHECKOUT

WATER = senml.encode("gauge-A", [(Quantity.LEVEL, NOON, 0.3)])
CLOCK = SetClock(NOON)


def message(payload: bytes, device: str = "gauge-A") -> Message:
    return Message(topic=f"onemap/v1/devices/{device}/telemetry", payload=payload, content_type=None, received_at=NOON)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Ingest has met three messages before anyone had told the register of gauge A."""
    async with Database(database_url) as database:
        arrived = [message(WATER), message(b"\xffgarbage"), message(WATER)]
        await store(database, [decode(one) for one in arrived], CLOCK)
        yield database


async def register(database: Database) -> None:
    async with database.connection() as connection:
        await put_site(connection, STREETS[0])
        await put_sensor(connection, device_id="gauge-A", site_id=STREETS[0].site_id, quantity=Quantity.LEVEL)


async def kept(database: Database, reason: Reason | None = None) -> list[quarantine.Kept]:
    async with database.connection() as connection:
        return await quarantine.listed(connection, reason=reason, limit=10)


async def number_of(database: Database, reason: Reason) -> int:
    return (await kept(database, reason))[0].quarantine_id


async def journal_of(database: Database) -> list[tuple[str, str, str]]:
    async with database.connection() as connection:
        rows = await fetch_all(connection, "SELECT kind, entity_id, actor FROM journal WHERE entity = 'quarantine'")
    return [(row["kind"], row["entity_id"], row["actor"]) for row in rows]


async def test_a_message_is_kept_whole_and_once_however_often_it_comes(database: Database) -> None:
    by_reason = {one.message.reason: one for one in await kept(database)}
    assert {reason: (one.message.payload, one.seen) for reason, one in by_reason.items()} == {
        Reason.UNKNOWN_DEVICE: (WATER, 2),
        Reason.UNREADABLE: (b"\xffgarbage", 1),
    }


async def test_once_the_register_knows_the_device_its_kept_water_is_stored(database: Database) -> None:
    number = await number_of(database, Reason.UNKNOWN_DEVICE)
    await register(database)

    assert await replay(database, number, CLOCK, actor="duty") == Replayed(
        stored=1, duplicate=0, conflict=0, refused=None
    )

    async with database.connection() as connection:
        (row,) = await fetch_all(connection, "SELECT observed_at, value FROM reading")
        counted = await totals(connection)
    assert (row["observed_at"], row["value"]) == (NOON, 0.3)
    assert (counted["stored"], counted["quarantined"], counted["replayed"]) == (1, 3, 1)
    assert arrived(counted) == 3  # as many as have come; that they were refused then stays true
    assert [one.message.reason for one in await kept(database)] == [Reason.UNREADABLE]
    assert await journal_of(database) == [("quarantine.replayed", str(number), "duty")]
    assert await replay(database, number, CLOCK, actor="duty") is None


async def test_what_still_cannot_be_read_stays_with_its_reason(database: Database) -> None:
    number = await number_of(database, Reason.UNKNOWN_DEVICE)

    replayed = await replay(database, number, CLOCK, actor="duty")

    assert replayed
    assert replayed.refused
    assert replayed.refused.reason is Reason.UNKNOWN_DEVICE
    assert await number_of(database, Reason.UNKNOWN_DEVICE) == number
    assert await journal_of(database) == []


async def test_the_part_that_was_stored_at_its_arrival_is_a_duplicate(database: Database) -> None:
    await register(database)
    both = senml.encode("gauge-A", [(Quantity.LEVEL, NOON, 0.3), (Quantity.FLOW, NOON, 2.0)])
    await store(database, [decode(message(both))], CLOCK)
    number = await number_of(database, Reason.UNKNOWN_DEVICE)
    async with database.connection() as connection:
        await put_sensor(connection, device_id="gauge-A", site_id=STREETS[0].site_id, quantity=Quantity.FLOW)

    assert await replay(database, number, CLOCK, actor="duty") == Replayed(
        stored=1, duplicate=1, conflict=0, refused=None
    )


async def test_a_relative_time_means_what_it_meant_when_the_message_first_came(database: Database) -> None:
    await store(database, [decode(message(b'[{"n":"level","u":"m","t":-60,"v":0.2}]'))], CLOCK)
    number = await number_of(database, Reason.UNKNOWN_DEVICE)
    await register(database)

    later = SetClock(NOON.replace(hour=23))
    await replay(database, number, later, actor="duty")

    async with database.connection() as connection:
        (row,) = await fetch_all(connection, "SELECT observed_at, received_at FROM reading")
    assert (row["observed_at"], row["received_at"]) == (NOON.replace(hour=3, minute=59), later.now())


async def test_dropping_is_on_record_and_happens_once(database: Database) -> None:
    number = await number_of(database, Reason.UNREADABLE)
    taken = []
    for _ in range(2):
        async with journalled(database) as connection:
            taken.append(await quarantine.take_out(connection, number, "dropped", actor="duty", now=NOON))
    assert taken == [True, False]
    assert await journal_of(database) == [("quarantine.dropped", str(number), "duty")]


def onemap(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "onemap", "quarantine", *arguments],
        cwd=CHECKOUT,
        env=os.environ | {"ONEMAP_DATABASE__URL": database_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_command_line_lists_shows_replays_and_drops(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    def facts(*arguments: str) -> Any:
        file = tmp_path / "facts.json"
        ran = onemap(database_url, *arguments, "--json", str(file))
        assert ran.returncode == 0, ran.stderr
        return json.loads(file.read_text())

    listed = facts("list")
    assert {row["reason"]: row["messages"] for row in listed["reasons"]} == {"unknown_device": 1, "unreadable": 1}
    garbage = next(row for row in listed["messages"] if row["reason"] == "unreadable")
    shown = facts("show", str(garbage["quarantine_id"]))
    assert bytes.fromhex(shown["payload_hex"]) == b"\xffgarbage"
    assert "\\xffgarbage" in onemap(database_url, "show", str(garbage["quarantine_id"])).stdout
    assert "unknown_device" in onemap(database_url, "list").stdout

    await register(database)
    replayed = facts("replay", "--all")
    assert replayed == {
        "messages": 2,
        "stored": 1,
        "duplicate": 0,
        "conflict": 0,
        "still_refused": {"unreadable": 1},
    }
    assert facts("drop", "--reason", "unreadable") == {"dropped": 1}
    assert facts("list") == {"reasons": [], "messages": []}
    assert "empty" in onemap(database_url, "list").stdout


async def test_one_wrong_number_drops_nothing(database: Database, database_url: str) -> None:
    number = await number_of(database, Reason.UNREADABLE)
    ran = onemap(database_url, "drop", str(number), "999")
    assert (ran.returncode, "holds no message 999" in ran.stderr) == (1, True)
    assert await number_of(database, Reason.UNREADABLE) == number


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["replay"], 2, "one of the three", id="nothing-chosen"),
        pytest.param(["drop", "1", "--all"], 2, "one of the three", id="two-choices"),
        pytest.param(["show", "999"], 1, "holds no message 999", id="show-what-is-not-there"),
        pytest.param(["drop", "999"], 1, "holds no message 999", id="drop-what-is-not-there"),
        pytest.param(["list", "--reason", "boredom"], 2, "boredom", id="no-such-reason"),
    ],
)
def test_a_wrong_request_is_one_sentence(database_url: str, arguments: Sequence[str], code: int, says: str) -> None:
    ran = onemap(database_url, *arguments)
    assert ran.returncode == code
    assert says in ran.stderr.replace("\n", " ")
    assert "Traceback" not in ran.stderr
