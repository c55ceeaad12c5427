"""A recorded storm: an event pack, played as it was measured."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from floodcore.errors import Refused
from floodcore.packs.description import Storm
from floodcore.packs.read import Pack, read_pack
from floodcore.packs.storms import from_first_crossing, liveliest
from floodcore.settings import Mode
from floodcore.store.database import Connection
from floodcore.store.packs import register_pack
from onemap.demo.act import PLAYER
from onemap.engines import mosquitto
from onemap.home import Home
from onemap.process import ProcessSpec
from simulators.packs import find_pack

TEAMS = 20


class PackAct:
    """One storm of one pack.

    Args:
        folder: The pack's.
        pack: As it was read.
        storm: The part of it that is played.
    """

    mode = Mode.REPLAY
    note = note_en = ""
    n_teams = TEAMS
    callers: tuple[str, ...] = ()

    def __init__(self, folder: Path, pack: Pack, storm: Storm) -> None:
        self._folder, self._pack, self._storm = folder, pack, storm
        self.title = self.title_en = pack.title
        self.start: datetime = storm.start

    async def register(self, connection: Connection, now: datetime) -> None:
        """Its stations; its observations come over MQTT."""
        await register_pack(connection, self._pack, now)

    def settings(self, home: Home) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing beside."""
        return {}

    def player(self, home: Home, mqtt_url: str, counts: Path, settings: Mapping[str, str]) -> ProcessSpec:  # noqa: ARG002
        """The pack as a fleet."""
        window = ("--from", self._storm.start.isoformat(), "--to", self._storm.end.isoformat(), "--counts", str(counts))
        return ProcessSpec(
            name=PLAYER,
            argv=(sys.executable, "-m", "simulators.fleet", str(self._folder), *window),
            env={**settings, "ONEMAP_MQTT__URL": mqtt_url},
            needs=(mosquitto.NAME, "ingest"),
            finite=True,
        )

    def people(self, home: Home) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing beside: where no roads are known, crews go straight."""
        return ()


def pack_act(named: str) -> PackAct:
    """The act for a pack that a person named.

    Args:
        named: A shipped pack, or a pack's folder; `PACK:STORM` names one of its storms and plays all of it.
            Otherwise it is the liveliest one, from shortly before its first crossing.

    Raises:
        NotFound: There is no such pack.
        Refused: It has no such storm, or it cannot be read.
    """
    name, _, storm_id = named.partition(":")
    folder = find_pack(name)
    pack = read_pack(folder)
    return PackAct(folder, pack, _storm(pack, storm_id))


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
