"""Keeps processes running: in order, with a pause that grows, and never one more than asked for."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from onemap import child
from onemap.errors import StartError
from onemap.home import Home
from onemap.process import ProcessSpec
from onemap.state import Report, write_state
from onemap.supervised import Supervised

WATCH_S = 1.0  # memory peaks shorter than this go unseen
ALREADY_RUNS = "One Map already runs in {home}; stop it with `bin/onemap down`, or set another ONEMAP_HOME."


class Supervisor:
    """All processes of one home; used as `async with Supervisor(home, mode="demo") as supervisor`.

    Leaving the block stops everything, each process after those that need it. Only one supervisor runs in a home.
    """

    def __init__(self, home: Home, mode: str = "up") -> None:
        self._home, self._mode = home, mode
        self._processes: dict[str, Supervised] = {}
        self._lock = (home.run / "supervisor.lock").open("a")
        self._watch: asyncio.Task[None] | None = None
        self._address: str | None = None

    async def __aenter__(self) -> Self:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(ALREADY_RUNS.format(home=self._home.path)) from None
        child.end_leftovers(self._home.path)
        self._watch = asyncio.create_task(self._watch_all(), name="watch")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.stop()
        finally:
            if self._watch:
                self._watch.cancel()
            self._lock.close()

    async def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Start these beside what runs already; returns when each has been ready once.

        Raises:
            StartError: One was not ready in time; it is still being tried until the supervisor stops.
        """
        added = [Supervised(spec, self._home) for spec in specs]
        self._processes |= {process.spec.name: process for process in added}
        for process in added:
            process.task = asyncio.create_task(self._run(process), name=process.spec.name)
        for process in added:
            await self._await_ready(process)
        self._look()

    @property
    def address(self) -> str | None:
        """Where the wall is served, for `status` to show; set by the command that serves it."""
        return self._address

    @address.setter
    def address(self, address: str) -> None:
        self._address = address
        self._write_state()

    async def ended(self, name: str) -> None:
        """Wait until a finite process has done its work, or was stopped."""
        await self._processes[name].ended.wait()

    async def stop_one(self, name: str) -> None:
        """Stop one process and start it no more; those that need it go on without it."""
        await self._processes[name].stop()

    def signal(self, name: str, number: signal.Signals) -> bool:
        """Send a signal to one process; whether it runs, and here."""
        process = self._processes.get(name)
        if process is None or process.pid is None:
            return False
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(process.pid, number)
        return True

    def reports(self) -> dict[str, Report]:
        """How each process stands, in the order of starting; also after the stop."""
        return {name: process.report() for name, process in self._processes.items()}

    async def stop(self) -> None:
        """Stop everything: each process after those that need it."""
        async with asyncio.TaskGroup() as stopping:
            for process in self._processes.values():
                stopping.create_task(self._stop_after_dependents(process))
        self._write_state()

    async def _run(self, process: Supervised) -> None:
        for needed in self._needed_by(process):
            await needed.was_ready.wait()
        await process.keep_running()

    async def _await_ready(self, process: Supervised) -> None:
        for needed in self._needed_by(process):
            await self._await_ready(needed)
        limit_s = process.spec.ready_within.total_seconds()
        try:
            await asyncio.wait_for(process.was_ready.wait(), limit_s)
        except TimeoutError:
            said = child.last_line(process.log) or "it wrote nothing"
            raise StartError(
                f"{process.spec.name} was not ready within {limit_s:.0f} s ({said}); see {process.log}, then try again."
            ) from None

    def _needed_by(self, process: Supervised) -> list[Supervised]:
        # A name nobody runs here is met: that server is the user's own.
        return [self._processes[name] for name in process.spec.needs if name in self._processes]

    async def _stop_after_dependents(self, process: Supervised) -> None:
        for other in self._processes.values():
            if process.spec.name in other.spec.needs:
                await other.ended.wait()
        await process.stop()

    async def _watch_all(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(WATCH_S)

    def _look(self) -> None:
        for process in self._processes.values():
            process.sample()
            with suppress(OSError):  # see _write_state
                child.rotate(process.log)
        self._write_state()

    def _write_state(self) -> None:
        reports = tuple(self.reports().values())
        with suppress(OSError):  # a full disk must end neither the watch nor the stop: the next round tries again
            write_state(self._home, mode=self._mode, address=self._address, processes=reports)
