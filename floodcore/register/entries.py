"""What the register holds: event packs, devices, sites, sensors, mounts, thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from floodcore.domain.levels import Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Site
from floodcore.domain.upkeep import Mount


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An event pack that sites and devices came with: whom to name for their data. The lists are JSON."""

    pack_id: str
    title: str
    timezone: str
    licences: Sequence[Any]
    sources: Sequence[Any]
    storms: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device, and what it is called in the event pack that it came with, if it came with one."""

    device_id: str
    pack_id: str | None = None
    station_id: str | None = None

    def __post_init__(self) -> None:
        if (self.pack_id is None) != (self.station_id is None):
            raise ValueError("a device that came with an event pack has a pack_id and a station_id, any other neither")


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """One quantity of one device at a site, and how often it reports; None is the quantity's default.

    Attributes:
        dry_interval_s, rain_interval_s, burst_interval_s: Between two readings in dry weather, in rain, over a limit.
        rollover_mm: Where a rain counter begins anew.
    """

    device_id: str
    quantity: Quantity
    site_id: str
    dry_interval_s: int | None = None
    rain_interval_s: int | None = None
    burst_interval_s: int | None = None
    rollover_mm: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rung(Threshold):
    """A threshold, and the site whose level begins there."""

    site_id: str


Entry = Origin | Device | Site | Fitting | Mount | Rung


def flat(entry: Entry) -> dict[str, Any]:
    """An entry's columns, as the memory and the files have them: those of `sheets.SHEETS`."""
    row: dict[str, Any] = {field.name: getattr(entry, field.name) for field in fields(entry)}
    if isinstance(entry, Site):
        place = row.pop("place")
        row |= {"lon": place.lon if place else None, "lat": place.lat if place else None}
    return row
