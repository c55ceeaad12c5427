"""What a demo plays, and how fast."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from floodcore.clock import ScaledClock
from floodcore.errors import Refused
from floodcore.packs.description import Storm
from floodcore.packs.read import Pack, read_pack
from floodcore.packs.storms import from_first_crossing, liveliest
from simulators.packs import find_pack

HEAD_START = timedelta(seconds=4)  # real time for the services to be ready before the first reading is due


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One storm of one pack on a scaled clock.

    Attributes:
        folder: The pack's.
        storm: The part of it that is played.
        speed: Seconds of the storm in one real second.
        host, port: Where the API listens.
        people: Whether simulated crews and a simulated officer answer; otherwise people do.
    """

    folder: Path
    pack: Pack
    storm: Storm
    speed: float
    host: str = "127.0.0.1"
    port: int = 8000
    people: bool = True

    def clock(self) -> ScaledClock:
        """A clock that reaches the storm's beginning after the head start."""
        start = self.storm.start.astimezone(UTC) - HEAD_START * self.speed
        return ScaledClock(anchor=datetime.now(UTC), start=start, speed=self.speed)


def plan_for(storm: str, *, speed: float, port: int, host: str = "127.0.0.1") -> Plan:
    """The plan for what a person named.

    Args:
        storm: A shipped pack, or a pack's folder; `PACK:STORM` names one of its storms and plays all of it.
            Otherwise it is the liveliest one, from shortly before its first crossing.
        speed: Seconds of the storm in one real second.
        host: Where the API listens.
        port: Where the API listens.

    Raises:
        NotFound: There is no such pack.
        Refused: It has no such storm, or it cannot be read.
    """
    name, _, storm_id = storm.partition(":")
    folder = find_pack(name)
    pack = read_pack(folder)
    return Plan(folder=folder, pack=pack, storm=_storm(pack, storm_id), speed=speed, host=host, port=port)


def _storm(pack: Pack, storm_id: str) -> Storm:
    storms = {storm.storm_id: storm for storm in pack.storms}
    if storm_id and storm_id not in storms:
        raise Refused(f"{pack.title} has no storm {storm_id}; it has {', '.join(storms) or 'none that are named'}.")
    if storm_id:
        return storms[storm_id]
    chosen = liveliest(pack)
    if chosen is None:
        raise Refused(f"{pack.title} has no water levels to play; name a pack that has.")
    return from_first_crossing(pack, chosen)
