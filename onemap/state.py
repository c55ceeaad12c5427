"""What runs in a home, written by the supervisor for `status` and `down` to read."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from onemap.home import Home, write_privately

FILE = "state.json"


class Phase(StrEnum):
    """What a supervised process is doing."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    PAUSING = "pausing before a restart"
    FINISHED = "finished"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One process as seen from outside; `restarts` counts the starts after the first."""

    name: str
    phase: Phase
    pid: int | None
    restarts: int
    peak_rss_mb: float
    log: str


@dataclass(frozen=True, kw_only=True)
class State:
    """A running supervisor and its processes, at most a second old.

    Attributes:
        pid: The supervisor.
        born: When it was started, in clock ticks since boot: a number that another process may get is not enough.
        mode: The command that runs it.
        address: Where the wall is served, once it is.
        processes: In the order of starting.
    """

    pid: int
    born: int | None
    mode: str
    address: str | None
    processes: tuple[Report, ...]

    def is_ready(self, name: str) -> bool:
        """Whether a process of this name runs and is ready."""
        return any(report.name == name and report.phase is Phase.READY for report in self.processes)

    def ready_pid(self, name: str) -> int | None:
        """The process of this name, if it runs and is ready."""
        ready = (report.pid for report in self.processes if report.name == name and report.phase is Phase.READY)
        return next(ready, None)


def write_state(home: Home, *, mode: str, address: str | None, processes: tuple[Report, ...]) -> None:
    """Say how this process's supervision stands."""
    pid = os.getpid()
    state = State(pid=pid, born=born(pid), mode=mode, address=address, processes=processes)
    write_privately(home.run / FILE, msgspec.json.encode(state).decode())


def read_state(home: Home) -> State | None:
    """What runs here; None where nothing does, also when the supervisor was killed and its file is stale."""
    try:
        state = msgspec.json.decode((home.run / FILE).read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):  # another version wrote it: not ours to read
        return None
    return state if state.born is not None and state.born == born(state.pid) else None


def born(pid: int) -> int | None:
    """When a process was started, in clock ticks since boot; None when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # a program's name may hold blanks and brackets
    return None if fields[0] == "Z" else int(fields[19])
