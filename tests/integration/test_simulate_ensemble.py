"""Ensembles: storms that depend on nothing but their number, and folders that hold whole packs only."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from floodcore.packs.read import Pack, read_pack
from floodcore.store.database import Database, fetch_all
from floodcore.store.packs import Imported, import_pack
from simulators.ensemble.folder import INDEX, claim, missing, write_index
from simulators.ensemble.making import WorkerDied, make
from simulators.ensemble.plan import Plan

PLAN = Plan(city="five_streets", seed=7, faults="harsh", minutes=60)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WITHIN_S = 100.0  # processes begin slowly beside other tests


def _made(out: Path, numbers: range, workers: int) -> Path:
    claim(out, PLAN)
    make(PLAN, numbers, out, workers)
    write_index(out, PLAN)
    return out


def _content(pack: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in pack.iterdir()}


@pytest.fixture(scope="module")
def two_storms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _made(tmp_path_factory.mktemp("two"), range(1, 3), workers=2)


def test_a_storm_depends_neither_on_their_number_nor_on_the_number_of_hands(two_storms: Path, tmp_path: Path) -> None:
    three = _made(tmp_path / "three", range(2, 4), workers=1)

    assert _content(three / "storm-0002") == _content(two_storms / "storm-0002")
    assert _content(three / "storm-0003") != _content(two_storms / "storm-0002")


def test_the_index_tells_of_each_storm(two_storms: Path) -> None:
    index = json.loads((two_storms / INDEX).read_text())

    assert index["plan"] == {"city": "five_streets", "seed": 7, "faults": "harsh", "minutes": 60}
    assert list(index["storms"]) == ["storm-0001", "storm-0002"]
    first, second = index["storms"].values()
    assert first["minutes"] == second["minutes"] == 60
    assert first["mass_error_pct"] < 1 and second["mass_error_pct"] < 1
    apart = datetime.fromisoformat(second["start"]) - datetime.fromisoformat(first["start"])
    assert timedelta(days=2) <= apart <= timedelta(days=4)


async def test_all_storms_go_into_one_memory_whole(two_storms: Path, database_url: str) -> None:
    packs: list[Pack] = [read_pack(two_storms / name) for name in ("storm-0001", "storm-0002")]
    async with Database(database_url) as database:
        imported = [await import_pack(database, pack, NOW) for pack in packs]
        again = [await import_pack(database, pack, NOW) for pack in packs]
        async with database.connection() as connection:
            [devices] = await fetch_all(connection, "SELECT count(*) AS n FROM device")
            [sites] = await fetch_all(connection, "SELECT count(*) AS n FROM site")

    assert [pack.rejections.total for pack in packs] == [0, 0]
    counts = [len(pack.observations) for pack in packs]
    assert min(counts) > 50
    assert imported == [Imported(stored=count) for count in counts]
    assert again == [Imported(duplicate=count) for count in counts]
    # Both packs are of the same gauges, which are not there twice.
    assert devices["n"] == len(packs[0].stations) == len(packs[1].stations)
    assert sites["n"] == len({station.site.site_id for station in packs[0].stations})


def test_a_process_that_dies_is_a_sentence_and_leaves_whole_packs(tmp_path: Path) -> None:
    claim(tmp_path, PLAN)
    done: list[int] = []

    def kill_all(number: int) -> None:
        done.append(number)
        for worker in multiprocessing.active_children():
            assert worker.pid
            os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(WorkerDied, match="same command again"):
        make(PLAN, range(1, 30), tmp_path, 2, kill_all)

    there = [number for number in range(1, 30) if number not in missing(tmp_path, 29)]
    assert set(done) <= set(there)
    assert len(there) < 29
    assert all(read_pack(tmp_path / f"storm-{number:04d}").rejections.total == 0 for number in there)


def _command(out: Path, storms: int, city: str = "five_streets") -> list[str]:
    words = ["simulate", "ensemble", "--storms", str(storms), "--out", str(out), "--city", city, "--seed", "7"]
    return [sys.executable, "-m", "onemap", *words]


def test_an_interrupt_leaves_whole_packs_and_the_same_command_goes_on(
    tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    out = tmp_path / "ensemble"
    with subprocess.Popen(_command(out, 40), stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: len(missing(out, 40)) < 40 or process.poll() is not None, WITHIN_S)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 130
    assert "the same command goes on" in said and "Traceback" not in said
    there = 40 - len(missing(out, 40))
    assert 0 < there < 40
    assert not list(out.glob(".storm-*"))
    before = {pack: (pack / "facts.json").stat().st_mtime_ns for pack in out.glob("storm-*")}
    assert len(before) == there == len(json.loads((out / INDEX).read_text())["storms"])

    upto = max(int(pack.name.removeprefix("storm-")) for pack in before) + 1
    done = subprocess.run(
        [*_command(out, upto), "--json", "-"], check=True, capture_output=True, text=True, timeout=WITHIN_S
    )

    facts = json.loads(done.stdout)
    assert (facts["there_before"], facts["simulated"], facts["storms"]) == (there, upto - there, upto)
    assert {pack: (pack / "facts.json").stat().st_mtime_ns for pack in before} == before


def test_another_plans_folder_is_refused_with_a_sentence(two_storms: Path) -> None:
    done = subprocess.run(_command(two_storms, 3), check=False, capture_output=True, text=True, timeout=WITHIN_S)

    assert done.returncode == 1
    assert "holds an ensemble of city five_streets, seed 7, faults harsh" in done.stderr
    assert "Traceback" not in done.stderr
