"""`onemap down`: stop what runs in this home."""

import sys
from datetime import timedelta

from onemap import background
from onemap.errors import StartError
from onemap.home import Home
from onemap.progress import phase
from onemap.state import read_state

WITHIN = timedelta(seconds=60)  # services and then the database, each killed when its own grace is over


def down() -> None:
    """Stop the services and engines that run in this home; what is stored stays."""
    home = Home.from_environment()
    state = read_state(home)
    if not state:
        sys.stdout.write("Nothing runs here.\n")
        return
    with phase(f"stopping what `{state.mode}` started"):
        ended = background.end(state.pid, WITHIN)
    if not ended:
        raise StartError(
            f"Process {state.pid} did not stop within {WITHIN.seconds} s; see {home.logs}, "
            f"then end it with: kill -9 {state.pid}"
        )
    sys.stdout.write("Stopped.\n")
