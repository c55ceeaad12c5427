"""What is old lies in the archive before it leaves the memory, whatever is killed in between."""

import csv
import gzip
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from floodcore.domain.reading import Quantity, Reading, Reason, Rejected
from floodcore.domain.upkeep import Span
from floodcore.packs.read import read_pack
from floodcore.store import quarantine, rollups
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.packs import import_pack
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.street_room import SetClock, furnish, observe
from ingest.upkeep import retention
from ingest.upkeep.archive import copy_out

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
CLOCK = SetClock(NOON + 10 * WEEK)
BEFORE = NOON + 3 * WEEK  # of the chunks with readings the first is older, the last is not
# Where to be killed: each is the last thing that a run still begins.
STEPS = ("export_pack", "observations_in", "copy_out", "_note")


class Killed(BaseException):
    """No error of any kind: the process is gone."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An hour of street A ten weeks ago, with a bad reading, another value and a past judgement; and a younger hour."""
    async with Database(database_url) as database:
        await furnish(database)
        await observe(database, "street-A", range(60), start=NOON, every=MINUTE)
        await observe(database, "street-A", range(60), start=NOON + 4 * WEEK, every=MINUTE)
        async with database.connection() as connection:
            other = [level(NOON, 0.77)]
            assert (await store_readings(connection, other)).conflict == 1
            await connection.execute(
                "UPDATE reading SET quality = 3, flags = 4 WHERE value = 0.3 AND observed_at < '2021-08-01'"
            )
            await connection.execute(
                "INSERT INTO past_judgement (sensor_id, observed_at, until, quality, flags) VALUES (1, %s, %s, 0, 0)",
                [NOON + 30 * MINUTE, NOON + 31 * MINUTE],
            )
            await settle(connection)
        yield database


def level(observed_at: datetime, depth_m: float) -> Reading:
    return Reading(
        device_id=DEVICE_OF["street-A"],
        quantity=Quantity.LEVEL,
        observed_at=observed_at,
        received_at=observed_at,
        value=depth_m,
    )


async def settle(connection: Connection) -> None:
    """Sum up all, as upkeep would have long done."""
    await connection.execute("DELETE FROM changed")
    spans = [Span(sensor_id=1, earliest=NOON - WEEK, latest=NOON + 5 * WEEK)]
    if await rollups.are_kept(connection):
        await rollups.sum_up(connection, spans)


async def values(database: Database, sql: str) -> list[Any]:
    async with database.connection() as connection:
        return [next(iter(row.values())) for row in await fetch_all(connection, sql)]


def table(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return list(csv.DictReader(text))


async def test_a_chunk_is_archived_with_all_that_belongs_to_it_and_rollups_and_journal_stay(
    database: Database, tmp_path: Path
) -> None:
    hours = await values(database, "SELECT n FROM rollup WHERE every_min = 60 ORDER BY begins")
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    name = "20210715T0000-20210722T0000"
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "conflicts-20210722T0000.csv.gz",
        f"judgements-{name}.csv.gz",
        "past_judgements-20210722T0000.csv.gz",
        f"readings-{name}",
    ]
    pack = read_pack(tmp_path / f"readings-{name}")
    assert pack.observations["value"].tolist() == [depth / 100 for depth in range(60)]
    assert [row["value"] for row in table(tmp_path / "conflicts-20210722T0000.csv.gz")] == ["0.77"]
    (judged,) = table(tmp_path / f"judgements-{name}.csv.gz")
    assert (judged["device_id"], judged["quality"], judged["flags"]) == ("gauge-A", "3", "4")
    assert len(table(tmp_path / "past_judgements-20210722T0000.csv.gz")) == 1
    assert await values(database, "SELECT min(observed_at) FROM reading") == [NOON + 4 * WEEK]
    assert await values(database, "SELECT n FROM reading_conflict, past_judgement, archived") == []
    assert await values(database, "SELECT n FROM rollup WHERE every_min = 60 ORDER BY begins") == hours == [59, 60]
    told = await values(database, "SELECT after ->> 'what' FROM journal WHERE kind = 'archive.dropped' ORDER BY seq")
    assert told == ["readings", "conflicts", "past_judgements"]


async def test_a_second_look_finds_nothing_to_do(database: Database, tmp_path: Path) -> None:
    for _ in range(2):
        await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert len(list(tmp_path.iterdir())) == 4
    assert len(await values(database, "SELECT name FROM archived")) == 3


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_any_step_it_goes_on_and_every_reading_is_in_the_archive_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    done = getattr(retention, step)

    async def killed(*given: Any, **named: Any) -> None:
        if after:
            await done(*given, **named)
        raise Killed

    def killed_at_once(*given: Any) -> None:
        if after:
            done(*given)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(retention, step, killed_at_once if step == "observations_in" else killed)
        await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert len(await values(database, "SELECT value FROM reading")) == 120  # nothing is dropped by halves
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert len(await values(database, "SELECT value FROM reading")) == 60
    (pack,) = tmp_path.glob("readings-*")
    async with database.connection() as connection:
        assert len(read_pack(pack).observations) == 60
        assert [row["n"] for row in await fetch_all(connection, "SELECT n FROM archived WHERE what = 'readings'")] == [
            60
        ]


async def test_a_table_that_breaks_off_leaves_nothing_in_the_archive(database: Database, tmp_path: Path) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        async with database.connection() as connection:
            broken = "COPY (SELECT 1 / (5000 - n) FROM generate_series(1, 9999) AS n) TO STDOUT"
            await copy_out(connection, broken, {}, tmp_path / "table.csv.gz")
    assert list(tmp_path.iterdir()) == []


async def test_what_comes_while_it_is_written_is_written_too(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = retention.export_pack

    async def a_late_reading(*given: Any, **named: Any) -> None:
        await written(*given, **named)
        async with database.connection() as connection:
            await store_readings(connection, [level(NOON - MINUTE, 0.5)])
            await settle(connection)

    with monkeypatch.context() as patch:
        patch.setattr(retention, "export_pack", a_late_reading)
        await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert len(await values(database, "SELECT value FROM reading")) == 121
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    (pack,) = tmp_path.glob("readings-*")
    assert len(read_pack(pack).observations) == 61


async def test_what_comes_after_it_was_dropped_is_archived_beside_it(database: Database, tmp_path: Path) -> None:
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    async with database.connection() as connection:
        # As many as the first time: a count alone must not take the first pack for this one.
        late = [level(NOON + minute * MINUTE + timedelta(seconds=30), 0.5) for minute in range(60)]
        await store_readings(connection, late)
        await settle(connection)
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    first, second = sorted(tmp_path.glob("readings-*"))
    assert second.name == f"{first.name}-2"
    assert read_pack(second).observations["value"].tolist() == [0.5] * 60
    assert await values(database, "SELECT n FROM rollup WHERE every_min = 60 ORDER BY begins") == [59, 60]


async def test_what_is_not_judged_and_summed_up_yet_stays(database: Database, tmp_path: Path) -> None:
    await observe(database, "street-B", [10], start=NOON, every=MINUTE)
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert len(await values(database, "SELECT value FROM reading")) == 121
    assert await values(database, "SELECT name FROM archived WHERE dropped_at IS NOT NULL") == []


async def test_what_was_archived_can_be_imported_again(database: Database, tmp_path: Path) -> None:
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    (folder,) = tmp_path.glob("readings-*")
    assert (await import_pack(database, read_pack(folder), CLOCK.now())).stored == 60


async def test_another_databases_archive_is_never_taken_for_ours(database: Database, tmp_path: Path) -> None:
    theirs = tmp_path / "readings-20210715T0000-20210722T0000"
    theirs.mkdir()
    (theirs / "precious").touch()
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert [file.name for file in theirs.iterdir()] == ["precious"]
    assert (tmp_path / f"{theirs.name}-2" / "observations.csv.gz").exists()


async def test_old_forecasts_and_quarantine_go_too(database: Database, tmp_path: Path) -> None:
    async with database.connection() as connection:
        for issue_time in (NOON, NOON + 4 * WEEK):
            await connection.execute(
                """
                WITH run AS (INSERT INTO forecast_run (issue_time, created_at, produced_by)
                    VALUES (%(at)s, %(at)s, 'persistence') RETURNING run_id)
                INSERT INTO forecast_value SELECT run_id, 'street-A', %(at)s, %(at)s, 0, 0, 0, 0, 0, '{}' FROM run
                """,
                {"at": issue_time},
            )
        unreadable = Rejected(
            topic="t",
            payload=b"\xff",
            content_type=None,
            reason=Reason.UNREADABLE,
            detail="No JSON.",
            received_at=NOON,
        )
        await quarantine.keep(connection, [unreadable])
    await retention.drop_old(database, tmp_path, BEFORE, CLOCK)
    assert await values(database, "SELECT issue_time FROM forecast_value") == [NOON + 4 * WEEK]
    assert await values(database, "SELECT issue_time FROM forecast_run") == [NOON + 4 * WEEK]
    assert await values(database, "SELECT topic FROM quarantine") == []
    (forecasts,) = tmp_path.glob("forecasts-*")
    assert [row["produced_by"] for row in table(forecasts)] == ["persistence"]
    (messages,) = tmp_path.glob("quarantine-*")
    assert [row["payload"] for row in table(messages)] == ["\\xff"]
