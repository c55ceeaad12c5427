"""What the supervisor is told about one process."""

import asyncio
import os
import pwd
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ReadyCheck = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user a process is started as."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """One supervised process.

    Attributes:
        name: Also the name of its log file.
        argv: Program and arguments; settings go through `env`, so that no password shows in a process list.
        env: Added to the supervisor's own environment.
        account: The user to run as, or None for the supervisor's own.
        stop_signal: Asks it to end in order.
        stop_grace: How long it may take to end before it is killed.
        ready_file: Removed before each start and named to the process as ONEMAP_READY_FILE; it is ready once it
            has made the file.
        ready: Asked again and again after a start until it says yes; without it and a ready file, ready means started.
        ready_within: How long the first start may take, restarts included.
        needs: Names of processes that are ready before this one starts and stop after it; a name that nobody runs
            here counts as ready.
        finite: An exit with code 0 is its end, not a failure to be mended.
        ends_itself: On the supervisor's death it is asked with `stop_signal` instead of killed: for the engines,
            which then leave their files in order and are known to obey.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace: timedelta = timedelta(seconds=10)
    ready_file: Path | None = None
    ready: ReadyCheck | None = None
    ready_within: timedelta = timedelta(seconds=60)
    needs: tuple[str, ...] = ()
    finite: bool = False
    ends_itself: bool = False


def account_for(folder: Path) -> Account | None:
    """Who runs the engine that keeps its files in this folder: PostgreSQL refuses root, and so do we.

    Started by a normal user it is that user. Started by root it is whoever owns the folder, so that both can use
    one home in turn, or else nobody.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat() if folder.exists() else None
    if owner and owner.st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def own(path: Path, account: Account | None) -> None:
    """Give a file or folder to the account; without one it stays the present user's."""
    if account:
        os.chown(path, account.uid, account.gid)


async def accepts_connections(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens on this port, and says so within five seconds."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 5)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def answers_ok(host: str, port: int, path: str) -> bool:
    """Whether an HTTP server answers a GET with status 200 within two seconds."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split()[1:2] == [b"200"]
