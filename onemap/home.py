"""Where One Map keeps what is its own: environment, engines, data, logs, passwords, run state."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path

from onemap.errors import SetupError

CHECKOUT = Path(__file__).resolve().parent.parent
OUTSIDE = Path("/var/lib/onemap")  # for root's servers where the home lies behind a closed door, such as /root


@dataclass(frozen=True)
class Home:
    """The folders below ONEMAP_HOME; nothing outside of it is written, but for `state` (see there)."""

    path: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Home":
        """ONEMAP_HOME, or `.onemap` in the checkout."""
        return cls(Path(environ.get("ONEMAP_HOME") or CHECKOUT / ".onemap").absolute())

    @property
    def logs(self) -> Path:
        """One log file a process, rotated by size."""
        return made(self.path / "logs")

    @property
    def run(self) -> Path:
        """What is true only while something runs: state, locks, ready files."""
        return made(self.path / "run")

    @property
    def secrets_file(self) -> Path:
        """Generated passwords, mode 0600."""
        return self.path / "secrets.json"

    @property
    def ports_file(self) -> Path:
        """Ports chosen for the embedded engines."""
        return self.path / "ports.json"

    @cached_property
    def state(self) -> Path:
        """Where engines and their data lie: the home itself, unless root's unprivileged servers cannot enter it."""
        if os.geteuid() != 0 or anyone_may_enter(made(self.path)):
            return made(self.path)
        place = OUTSIDE / hashlib.sha256(str(self.path).encode()).hexdigest()[:12]
        return made(place)

    @property
    def engines(self) -> Path:
        """Unpacked programs, one folder a set."""
        return made(self.state / "engines")

    @property
    def data(self) -> Path:
        """What must survive: the database cluster and the broker's queues."""
        return made(self.state / "data")


def made(folder: Path) -> Path:
    """The folder, which exists afterwards and which others may pass through whatever the umask."""
    if not folder.is_dir():
        made(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    return folder


def anyone_may_enter(folder: Path) -> bool:
    """Whether a user without rights can reach what lies in the folder."""
    resolved = folder.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (resolved, *resolved.parents))


def write_privately(file: Path, text: str) -> None:
    """Replace a file by one that only its owner reads; a reader sees the old text or the new, never a part."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:  # noqa: PTH123
        out.write(text)
    part.rename(file)


@contextmanager
def exclusive(lock_file: Path) -> Iterator[None]:
    """Hold the lock file; whoever comes second waits. The lock goes with the process, even one that is killed."""
    with lock_file.open("w") as handle:
        flock(handle, LOCK_EX)
        yield


def check_room(home: Home, needs_mb: int) -> None:
    """Make sure that there is room for data.

    Raises:
        SetupError: The disk is full, or nearly.
    """
    free_mb = shutil.disk_usage(home.data).free // 1_000_000
    if free_mb < needs_mb:
        raise SetupError(
            f"Only {free_mb} MB are free below {home.data}, and what is stored there needs {needs_mb}; "
            "free some room, or set ONEMAP_HOME to a roomier disk, and run this again."
        )
