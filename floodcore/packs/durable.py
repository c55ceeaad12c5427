"""Files that are on the disk when we say so, whatever happens to the machine next."""

import os
from collections.abc import Iterable
from pathlib import Path


def settle(paths: Iterable[Path]) -> None:
    """Wait until what these files hold, and what these folders list, would outlive a loss of power."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
