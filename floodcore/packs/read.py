"""An event pack as a whole: a city's stations and what they measured, by whoever made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from floodcore.errors import Refused
from floodcore.packs import observations, stations
from floodcore.packs.description import FILE, Description, Storm, read_description
from floodcore.packs.observations import ObservationReader
from floodcore.packs.rejection import Rejections
from floodcore.packs.stations import Station, StationReader
from floodcore.packs.table import Table, resource_file


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What was read.

    Attributes:
        description: What the pack says about itself.
        stations: In the file's order.
        observations: By time; the columns stand at `ObservationReader.read`.
        rejections: Rows that were not taken.
        notes: Sentences on what was left out of rows that were.
    """

    description: Description
    stations: tuple[Station, ...]
    observations: pd.DataFrame
    rejections: Rejections
    notes: tuple[str, ...]

    @property
    def pack_id(self) -> str:
        """The pack's name in the register."""
        return self.description.pack_id

    @property
    def title(self) -> str:
        """What people call it."""
        return self.description.title

    @property
    def storms(self) -> tuple[Storm, ...]:
        """The storms that it names."""
        return self.description.storms

    def between(self, start: datetime | None, end: datetime | None) -> pd.DataFrame:
        """The observations from `start` to `end`, both included; None is no limit."""
        observed_at = self.observations["observed_at"]
        chosen = pd.Series(data=True, index=observed_at.index)
        if start is not None:
            chosen &= observed_at >= start
        if end is not None:
            chosen &= observed_at <= end
        return self.observations[chosen]


def read_pack(path: Path) -> Pack:
    """Read a pack.

    Args:
        path: Its folder, or the datapackage.json in it.

    Raises:
        Refused: It is no event pack at all; what is wrong with single rows is told by `rejections` instead.
    """
    folder = path.parent if path.name == FILE and not path.is_dir() else path
    rejections, notes = Rejections(), list[str]()
    description = read_description(folder, notes)
    station_table = Table.open(resource_file(folder, description.paths["stations"]), stations.REQUIRED)
    known = tuple(StationReader(description.pack_id, rejections, notes).read(station_table))
    _check(known)
    table = Table.open(resource_file(folder, description.paths["observations"]), observations.REQUIRED)
    return Pack(
        description=description,
        stations=known,
        observations=ObservationReader([station.station_id for station in known], rejections).read(table),
        rejections=rejections,
        notes=tuple(notes),
    )


def _check(known: Sequence[Station]) -> None:
    if not known:
        kinds = ", ".join(sorted(stations.KINDS))
        raise Refused(f"The pack has no station that can be used; each row needs a station_id and a kind: {kinds}.")
    devices = [station.device_id for station in known]
    if doubled := next((device for device in devices if devices.count(device) > 1), None):
        raise Refused(
            f"Several stations of the pack have the device {doubled!r}; give each station a device_id of its own."
        )
