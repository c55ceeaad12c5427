"""A piece of the earth that a storm passes over."""

from collections.abc import Iterable
from dataclasses import dataclass

from floodcore.domain.site import Place


@dataclass(frozen=True, kw_only=True)
class Area:
    """A box in degrees, WGS 84; it has a width and a height."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise ValueError(f"no area: {self.west} to {self.east} east, {self.south} to {self.north} north")

    @classmethod
    def around(cls, places: Iterable[Place], margin_deg: float = 0.01) -> "Area":
        """The smallest box around these places, with a margin."""
        lons, lats = zip(*((place.lon, place.lat) for place in places), strict=True)
        return cls(
            west=min(lons) - margin_deg,
            south=min(lats) - margin_deg,
            east=max(lons) + margin_deg,
            north=max(lats) + margin_deg,
        )
