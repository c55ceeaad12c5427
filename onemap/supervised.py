"""One process that is started again whenever it ends, until it is told to stop."""

import asyncio
import time
from datetime import timedelta

from onemap import child
from onemap.backoff import Backoff
from onemap.home import Home
from onemap.memory import resident_mb
from onemap.process import ProcessSpec
from onemap.state import Phase, Report

READY_POLL_S = 0.05


class Supervised:
    """One process, started again until it is told to stop."""

    def __init__(self, spec: ProcessSpec, home: Home) -> None:
        self.spec, self._home = spec, home
        self.log = home.logs / f"{spec.name}.log"
        self.phase, self.restarts, self.peak_rss_mb = Phase.WAITING, 0, 0.0
        self.was_ready, self.ended = asyncio.Event(), asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The running process, if there is one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep_running(self) -> None:
        """Start, wait for the end, pause, start again; returns only when a finite process has done its work."""
        backoff = Backoff()
        while True:
            started = time.monotonic()
            self.phase = Phase.STARTING
            if await self._run_once() == 0 and self.spec.finite:
                self.phase = Phase.FINISHED
                self.was_ready.set()
                self.ended.set()
                return
            self.phase = Phase.PAUSING
            await asyncio.sleep(backoff.after(timedelta(seconds=time.monotonic() - started)).total_seconds())
            self.restarts += 1

    async def stop(self) -> None:
        """Start it no more and end what runs; a second time does nothing."""
        if self.ended.is_set():
            return
        if self.task:
            self.task.cancel()
            await asyncio.wait({self.task})
        if self._process:
            self.sample()
            await child.stop(self._process, self.spec)
        self.phase = Phase.STOPPED
        self.ended.set()

    def sample(self) -> None:
        """Look at its memory now."""
        if self.pid:
            self.peak_rss_mb = max(self.peak_rss_mb, round(resident_mb(self.pid), 1))

    def report(self) -> Report:
        """How it stands."""
        return Report(
            name=self.spec.name,
            phase=self.phase,
            pid=self.pid,
            restarts=self.restarts,
            peak_rss_mb=self.peak_rss_mb,
            log=str(self.log),
        )

    async def _run_once(self) -> int | None:
        try:
            self._process = await child.start(self.spec, self.log, self._home.path)
        except OSError as error:  # no memory, no program: it may be there at the next try
            child.note(self.log, f"could not be started: {error}")
            return None
        code = await self._until_exit(self._process)
        child.end_group(self._process.pid)
        return code

    async def _until_exit(self, process: asyncio.subprocess.Process) -> int:
        readiness = asyncio.create_task(self._become_ready(), name=f"readiness of {self.spec.name}")
        try:
            return await process.wait()
        finally:
            readiness.cancel()

    async def _become_ready(self) -> None:
        while not await self._is_ready():  # noqa: ASYNC110 - another process gets ready: no event reaches us
            await asyncio.sleep(READY_POLL_S)
        self.phase = Phase.READY
        self.was_ready.set()

    async def _is_ready(self) -> bool:
        if self.spec.ready_file and not self.spec.ready_file.exists():
            return False
        return not self.spec.ready or await self.spec.ready()
