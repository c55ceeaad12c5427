"""The register: places that flood, and the devices that watch them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from floodcore.domain.reading import UNITS, Quantity

DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class SiteKind(StrEnum):
    """What kind of place it is; road-like kinds have depth over the road, and a default ladder of levels."""

    ROAD = "road"
    UNDERPASS = "underpass"
    RIVER = "river"
    WELL = "well"
    RAIN = "rain"
    TIDE = "tide"
    PUMP = "pump"
    FLOW = "flow"


class Position(StrEnum):
    """How a coordinate is known; shown wherever it is used."""

    SURVEYED = "surveyed"
    APPROXIMATE = "approximate"
    CONSTRUCTED = "constructed"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point on the ground: degrees, WGS 84."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"not a place on earth: lon {self.lon}, lat {self.lat}")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place that is watched. Without a `place` it is listed and not mapped."""

    site_id: str
    name: str
    kind: SiteKind
    place: Place | None = None
    name_en: str | None = None
    district: str | None = None
    position: Position | None = None
    pack_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """One quantity of one device at a site. `sensor_id` is the database's own number for it."""

    sensor_id: int
    device_id: str
    site_id: str
    quantity: Quantity

    @property
    def unit(self) -> str:
        """The unit its values are stored in."""
        return UNITS[self.quantity]
