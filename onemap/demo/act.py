"""What a demo plays: a recorded storm, or a simulated city in one."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from floodcore.settings import Mode
from floodcore.store.database import Connection
from onemap.home import Home
from onemap.process import ProcessSpec

PLAYER = "fleet"  # the process that speaks for the sensors


class Act(Protocol):
    """One thing that can be played.

    Attributes:
        mode: What the wall says of it.
        title, title_en: What it is, for the wall and the terminal.
        note, note_en: What must be known of it wherever it is shown; empty where nothing.
        start: The room's time when it begins, aware.
        n_teams: How many constructed teams answer.
        callers: Simulated people beside crews and officer: modules of `simulators`.
    """

    mode: Mode
    title: str
    title_en: str
    note: str
    note_en: str
    start: datetime
    n_teams: int
    callers: tuple[str, ...]

    async def register(self, connection: Connection, now: datetime) -> None:
        """Put its places and gauges into a fresh memory; the connection is a journalled one."""
        ...

    def settings(self, home: Home) -> Mapping[str, str]:
        """What the services are to know of it beside."""
        ...

    def player(self, home: Home, mqtt_url: str, counts: Path, settings: Mapping[str, str]) -> ProcessSpec:
        """The process that speaks for its sensors, named PLAYER; it ends when all is played."""
        ...

    def people(self, home: Home) -> tuple[str, ...]:
        """What its crews and callers are told beside, as words of the command line."""
        ...
