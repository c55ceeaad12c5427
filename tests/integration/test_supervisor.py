"""The supervisor with real processes: small shell scripts that tell a file what happens to them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from onemap.errors import StartError
from onemap.home import Home
from onemap.process import ProcessSpec
from onemap.state import Phase, born, read_state
from onemap.supervisor import Supervisor

# Runs until SIGTERM, which it writes down. Its `sleep` is a grandchild that does not hear the signal.
OBEDIENT = """
trap 'echo {name} >> {diary}; exit 0' TERM
sleep 1000 & echo $! > {diary}.{name}.grandchild
[ -z "$ONEMAP_READY_FILE" ] || : > "$ONEMAP_READY_FILE"
wait
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def shell(name: str, script: str, **more: object) -> ProcessSpec:
    return ProcessSpec(name=name, argv=("/bin/sh", "-c", script), **more)  # type: ignore[arg-type]


def obedient(name: str, diary: Path, home: Home, **more: object) -> ProcessSpec:
    script = OBEDIENT.format(name=name, diary=diary)
    return shell(name, script, ready_file=home.run / f"{name}.ready", **more)


def gone(pid: int) -> bool:
    return born(pid) is None


async def test_a_process_that_fails_is_started_again_after_pauses_that_grow(
    home: Home, diary: Path, eventually: Callable[..., object]
) -> None:
    def starts() -> list[int]:
        return [int(line) for line in diary.read_text().split()] if diary.exists() else []

    async with Supervisor(home) as supervisor:
        await supervisor.start([shell("failing", f"date +%s%N >> {diary}; exit 1")])
        await asyncio.to_thread(eventually, lambda: len(starts()) >= 4)
        restarts = supervisor.reports()["failing"].restarts

    first, second, third = (after - before for before, after in pairwise(starts()[:4]))
    assert first < second < third  # 0.25 s, 0.5 s, 1 s, and a little for the start
    assert restarts >= 3


async def test_what_needs_another_starts_after_it_and_stops_before_it(
    home: Home, diary: Path, eventually: Callable[..., object]
) -> None:
    memory = obedient("memory", diary, home)
    service = obedient("service", diary, home, needs=("memory", "a server of the user's own"))
    async with Supervisor(home) as supervisor:
        await supervisor.start([service, memory])
        assert {report.phase for report in supervisor.reports().values()} == {Phase.READY}
        grandchild = int(Path(f"{diary}.service.grandchild").read_text())

    assert diary.read_text().split() == ["service", "memory"]
    assert {report.phase for report in supervisor.reports().values()} == {Phase.STOPPED}
    await asyncio.to_thread(eventually, lambda: gone(grandchild))


async def test_a_process_that_will_not_end_is_killed_when_its_grace_is_over(home: Home) -> None:
    ready = home.run / "deaf.ready"
    deaf = shell(
        "deaf",
        "trap '' TERM; : > $ONEMAP_READY_FILE; while :; do sleep 1000; done",
        ready_file=ready,
        stop_grace=timedelta(milliseconds=100),
    )
    async with Supervisor(home) as supervisor:
        await supervisor.start([deaf])
        pid = supervisor.reports()["deaf"].pid
        assert pid

    assert gone(pid)


async def test_one_process_can_be_stopped_while_the_others_go_on(home: Home, diary: Path) -> None:
    async with Supervisor(home) as supervisor:
        await supervisor.start([obedient("fleet", diary, home), obedient("wall", diary, home, needs=("fleet",))])
        await supervisor.stop_one("fleet")
        await supervisor.ended("fleet")
        assert [report.phase for report in supervisor.reports().values()] == [Phase.STOPPED, Phase.READY]

    assert diary.read_text().split() == ["fleet", "wall"]


async def test_status_shows_the_wall_as_soon_as_it_is_served(home: Home) -> None:
    async with Supervisor(home, mode="demo") as supervisor:
        supervisor.address = "http://127.0.0.1:8000/"
        state = read_state(home)
        assert state
        assert (state.mode, state.address) == ("demo", "http://127.0.0.1:8000/")


async def test_a_finite_process_that_did_its_work_is_not_started_again(home: Home) -> None:
    async with Supervisor(home) as supervisor:
        await supervisor.start([shell("errand", "exit 0", finite=True)])
        await supervisor.ended("errand")

    report = supervisor.reports()["errand"]
    assert (report.phase, report.restarts) == (Phase.FINISHED, 0)


async def test_a_start_that_takes_too_long_ends_in_a_sentence_with_the_processes_last_word(home: Home) -> None:
    stuck = shell(
        "stuck",
        "echo no seat in the opera; sleep 1000",
        ready_file=home.run / "stuck.ready",
        ready_within=timedelta(milliseconds=300),
    )
    async with Supervisor(home) as supervisor:
        with pytest.raises(StartError, match=r"stuck was not ready .*no seat in the opera"):
            await supervisor.start([stuck])


async def test_a_program_that_is_not_there_is_tried_again(home: Home, eventually: Callable[..., object]) -> None:
    missing = ProcessSpec(name="missing", argv=("/nonexistent",), ready_within=timedelta(milliseconds=100))
    async with Supervisor(home) as supervisor:
        with pytest.raises(StartError, match="could not be started"):
            await supervisor.start([missing])
        await asyncio.to_thread(eventually, lambda: supervisor.reports()["missing"].restarts)


async def test_a_second_supervisor_in_one_home_is_refused(home: Home) -> None:
    async with Supervisor(home):
        with pytest.raises(StartError, match="already runs"):
            await Supervisor(home).__aenter__()


SCRIPT = """
import asyncio, sys
from pathlib import Path
from onemap.home import Home
from onemap.process import ProcessSpec
from onemap.supervisor import Supervisor

async def main():
    home = Home(Path(sys.argv[1]))
    async with Supervisor(home) as supervisor:
        spec = ProcessSpec(name="service", argv=("/bin/sh", "-c", sys.argv[2]), ready_file=home.run / "service.ready")
        await supervisor.start([spec])
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def other(home: Home, diary: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A supervisor in a process of its own, with one obedient service."""
    script = OBEDIENT.format(name="service", diary=diary)
    with subprocess.Popen([sys.executable, "-c", SCRIPT, str(home.path), script]) as process:
        yield process
        process.kill()


async def test_nothing_outlives_a_supervisor_that_was_killed(
    other: "subprocess.Popen[bytes]", home: Home, diary: Path, eventually: Callable[..., object]
) -> None:
    def service_pid() -> int | None:
        state = read_state(home)
        return state.processes[0].pid if state and state.is_ready("service") else None

    pid = await asyncio.to_thread(eventually, service_pid)
    assert isinstance(pid, int)
    grandchild = int(Path(f"{diary}.service.grandchild").read_text())

    os.kill(other.pid, signal.SIGKILL)
    await asyncio.to_thread(eventually, lambda: gone(pid))
    assert not diary.exists()  # the service was killed with it, not asked
    await asyncio.to_thread(other.wait)
    assert read_state(home) is None  # the file is there still, and stale

    async with Supervisor(home):  # the next one clears what the first could not
        await asyncio.to_thread(eventually, lambda: gone(grandchild))
