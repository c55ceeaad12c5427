"""The same command again, in the background: started, awaited, and asked to end."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from onemap.child import last_line
from onemap.errors import StartError
from onemap.home import Home

POLL_S = 0.1
PREFIX = "onemap: "  # what the command line puts before a sentence


def start(arguments: Sequence[str], home: Home, name: str) -> None:
    """Run a subcommand that outlives us and the terminal; returns once it has made its ready file.

    Raises:
        StartError: It ended before that; the sentence is the one it ended with.
    """
    log, ready = home.logs / f"{name}.log", home.run / f"{name}.ready"
    ready.unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "onemap", *arguments],
            env={**os.environ, "ONEMAP_HOME": str(home.path), "ONEMAP_READY_FILE": str(ready)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while not ready.exists():
            if process.poll() is not None:
                said = last_line(log).removeprefix(PREFIX)
                raise StartError(said or f"One Map ended without a word; see {log}, then try again.")
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def end(pid: int, within: timedelta) -> bool:
    """Ask a process to end; whether it has ended in time."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        signal.pidfd_send_signal(watched, signal.SIGTERM)
        return bool(select.select([watched], [], [], within.total_seconds())[0])
    except ProcessLookupError:
        return True
    finally:
        os.close(watched)
