"""Starting a process so that it cannot outlive us, and finding any that did."""

import asyncio
import ctypes
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from onemap.process import ProcessSpec

MARK = "ONEMAP_SUPERVISED_IN"
PR_SET_PDEATHSIG = 1
TAIL = 4_000  # bytes: a last line is not longer
LOG_LIMIT = 20_000_000  # bytes a process; one older file is kept

libc = ctypes.CDLL(None, use_errno=True)


async def start(spec: ProcessSpec, log: Path, home: Path) -> asyncio.subprocess.Process:
    """Start one process in a session of its own, so that a terminal's Ctrl-C does not reach it.

    Args:
        spec: What to start.
        log: Its output is added to this file.
        home: Marks it, so that `end_leftovers` knows it again.
    """
    environ = {**os.environ, **spec.env, "PYTHONUNBUFFERED": "1"}
    environ.pop("ONEMAP_READY_FILE", None)  # ours, where we were told to say when all is ready
    if spec.ready_file:
        spec.ready_file.unlink(missing_ok=True)
        environ["ONEMAP_READY_FILE"] = str(spec.ready_file)
    if not spec.ends_itself:
        environ[MARK] = str(home)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *spec.argv,
            env=environ,
            cwd="/",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=spec.account.uid if spec.account else None,
            group=spec.account.gid if spec.account else None,
            extra_groups=[] if spec.account else None,
            preexec_fn=_dies_with(os.getpid(), spec.stop_signal if spec.ends_itself else signal.SIGKILL),
        )


def _dies_with(parent: int, by: signal.Signals) -> Callable[[], None]:
    def bind() -> None:  # runs in the child, after it has changed its user: that would undo the promise
        libc.prctl(PR_SET_PDEATHSIG, int(by))
        if os.getppid() != parent:
            os.kill(os.getpid(), by)

    return bind


async def stop(process: asyncio.subprocess.Process, spec: ProcessSpec) -> None:
    """Ask it to end, kill it when its grace is over, and kill whatever it left behind in its session."""
    if process.returncode is None:
        process.send_signal(spec.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), spec.stop_grace.total_seconds())
        except TimeoutError:
            process.kill()
            await process.wait()
    end_group(process.pid)


def end_group(pid: int) -> None:
    """Kill what a process that has ended left running in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_leftovers(home: Path) -> None:
    """Kill what a killed supervisor of this home left: grandchildren do not get the word of its death."""
    mark = f"{MARK}={home}".encode()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                os.kill(int(environ.parent.name), signal.SIGKILL)


def rotate(log: Path, limit: int = LOG_LIMIT) -> None:
    """Move a log's text aside when it is too long.

    The process keeps its file open for appending, so the text is copied and the file emptied: lines written in
    between are lost, and no process waits for us to read its output.
    """
    with suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def note(log: Path, line: str) -> None:
    """Add a line of our own to a process's log."""
    with log.open("a") as output:
        output.write(f"onemap: {line}\n")


def last_line(log: Path) -> str:
    """The last thing a process said; empty when it said nothing."""
    with suppress(OSError), log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - TAIL))
        lines = text.read().decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""
    return ""
