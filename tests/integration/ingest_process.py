"""Ingest as a process of its own, in a room where it is noon on 20 July 2021; it ends well or the test fails."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from floodcore.testing.five_streets import NOON

PATIENCE_S = 20


@contextmanager
def ingest_at_noon(
    database_url: str,
    mqtt_url: str,
    folder: Path,
    eventually: Callable[..., Any],
    instance: str = "1",
    *,
    shared: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ingest; afterwards it must still be the same process, end when it is asked to, and have raised nothing."""
    ready, log = folder / "ready", folder / "ingest.log"
    environ = {
        "ONEMAP_DATABASE__URL": database_url,
        "ONEMAP_MQTT__URL": mqtt_url,
        "ONEMAP_INGEST__INSTANCE": instance,
        "ONEMAP_INGEST__SHARED": str(shared),
        "ONEMAP_INGEST__SPOOL": str(folder / "spool"),
        "ONEMAP_CLOCK__ANCHOR": datetime.now(UTC).isoformat(),
        "ONEMAP_CLOCK__START": NOON.isoformat(),
        "ONEMAP_READY_FILE": str(ready),
    }
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "ingest"], env={**os.environ, **environ}, stderr=output)
    try:
        eventually(lambda: ready.exists() or process.poll() is not None)
        yield process
        assert process.poll() is None, log.read_text()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0, log.read_text()
        told = log.read_text()
        assert "Traceback" not in told, told
    finally:
        process.kill()
        process.wait()
