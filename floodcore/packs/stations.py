"""stations.csv: who measured, where, and from which depth on it mattered."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from floodcore.domain.ladders import HYSTERESIS_M, road_ladder
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.packs import identity
from floodcore.packs.rejection import Rejections, RowReason
from floodcore.packs.table import Table

T = TypeVar("T")

REQUIRED = ("station_id", "kind")
LONGEST_ID = 200  # characters; an index of the database could not hold a page of text
KINDS = frozenset({Quantity.LEVEL, Quantity.RAIN, Quantity.FLOW, Quantity.PUMP, Quantity.TIDE})
SITE_KINDS = {
    Quantity.LEVEL: SiteKind.RIVER,  # a road is one only if the pack says so: only roads get levels unasked
    Quantity.RAIN: SiteKind.RAIN,
    Quantity.FLOW: SiteKind.FLOW,
    Quantity.PUMP: SiteKind.PUMP,
    Quantity.TIDE: SiteKind.TIDE,
}
ROAD_LIKE = frozenset({SiteKind.ROAD, SiteKind.UNDERPASS})
THRESHOLDS = {
    "attention_m": Level.BLUE,
    "yellow_m": Level.YELLOW,  # beyond the contract, so that an export loses nothing
    "warning_m": Level.ORANGE,
    "danger_m": Level.RED,
}
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # a pack's thresholds have no date of their own: they hold for all of it


@dataclass(frozen=True, kw_only=True)
class Station:
    """One row of stations.csv.

    Attributes:
        station_id: The author's own name for it.
        device_id: The same as a topic can carry it.
        kind: LEVEL, RAIN, FLOW, PUMP or TIDE: what it mainly measures.
        site: The place it stands at; several stations may share one.
        thresholds: The site's, as far as this row tells.
        device_named: Whether the pack itself names the device, as our own exports do.
        datum_m, upstream_of, catchment_km2: What the pack says beside, or None.
    """

    station_id: str
    device_id: str
    kind: Quantity
    site: Site
    thresholds: tuple[Threshold, ...] = ()
    device_named: bool = False
    datum_m: float | None = None
    upstream_of: str | None = None
    catchment_km2: float | None = None


@dataclass
class StationReader:
    """Turns rows into stations; what it cannot use is a rejected row, or a note where the station can be kept."""

    pack_id: str
    rejections: Rejections
    notes: list[str]
    _seen: set[str] = field(default_factory=set)

    def read(self, table: Table) -> Iterator[Station]:
        """The stations of a file, in its order."""
        for line, fields in table.rows():
            row = {name: text.strip() for name, text in zip(table.columns, fields, strict=False) if text.strip()}
            if reason := self._reason(row):
                self.rejections.add(table.file.name, reason, line, fields)
                continue
            self._seen.add(row["station_id"])
            yield self._station(row, f"{table.file.name} line {line}")

    def _reason(self, row: Mapping[str, str]) -> RowReason | None:
        if not 0 < len(row.get("station_id", "")) <= LONGEST_ID:
            return RowReason.BAD_STATION_ID
        if row["station_id"] in self._seen:
            return RowReason.DUPLICATE_STATION
        if row.get("kind", "").casefold() not in KINDS:
            return RowReason.UNKNOWN_KIND
        return None

    def _station(self, row: Mapping[str, str], where: str) -> Station:
        kind = Quantity(row["kind"].casefold())
        device_id = identity.device_id(row.get("device_id", row["station_id"]))
        site_kind = self._use(row, "site_kind", lambda text: SiteKind(text.casefold()), where) or SITE_KINDS[kind]
        place = self._place(row, where)
        position = self._use(row, "position", lambda text: Position(text.casefold()), where)
        site = Site(
            site_id=identity.site_id(row["site_id"]) if "site_id" in row else device_id,
            name=row.get("name", row["station_id"]),
            name_en=row.get("name_en"),
            kind=site_kind,
            place=place,
            district=row.get("district"),
            position=(position or Position.SURVEYED) if place else None,
            pack_id=self.pack_id,
        )
        return Station(
            station_id=row["station_id"],
            device_id=device_id,
            kind=kind,
            site=site,
            thresholds=self._thresholds(row, kind, site_kind, where),
            device_named="device_id" in row,
            datum_m=self._use(row, "datum_m", _finite, where),
            upstream_of=row.get("upstream_of"),
            catchment_km2=self._use(row, "catchment_km2", _finite, where),
        )

    def _place(self, row: Mapping[str, str], where: str) -> Place | None:
        if "lon" not in row and "lat" not in row:
            return None
        try:
            return Place(lon=float(row["lon"]), lat=float(row["lat"]))
        except (KeyError, ValueError):
            self.notes.append(f"{where}: the position cannot be used; the station is listed and not mapped.")
            return None

    def _thresholds(
        self, row: Mapping[str, str], kind: Quantity, site_kind: SiteKind, where: str
    ) -> tuple[Threshold, ...]:
        depths = {level: self._use(row, name, _finite, where) for name, level in THRESHOLDS.items()}
        known = [(level, depth_m) for level, depth_m in depths.items() if depth_m is not None]
        if not known and kind is Quantity.LEVEL and site_kind in ROAD_LIKE:
            return road_ladder(ALWAYS)
        if any(lower >= higher for (_, lower), (_, higher) in pairwise(known)):
            self.notes.append(f"{where}: the thresholds do not rise from attention to danger; none is used.")
            return ()
        source = row.get("thresholds_source", f"event pack {self.pack_id}")
        return tuple(
            Threshold(level=level, depth_m=depth_m, hysteresis_m=HYSTERESIS_M, valid_from=ALWAYS, source=source)
            for level, depth_m in known
        )

    def _use(self, row: Mapping[str, str], name: str, read: Callable[[str], T], where: str) -> T | None:
        if name not in row:
            return None
        try:
            return read(row[name])
        except ValueError:
            self.notes.append(f"{where}: {name} {row[name]!r} cannot be used and is left out.")
            return None


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number
