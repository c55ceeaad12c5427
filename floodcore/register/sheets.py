"""The sheets of the register: each is a CSV file, a table of the memory and one kind of entry, all with one shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floodcore.domain.ladders import HYSTERESIS_M
from floodcore.domain.ranges import RANGES
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.domain.upkeep import Mount
from floodcore.register import cells
from floodcore.register.cells import Read
from floodcore.register.entries import Device, Entry, Fitting, Origin, Rung, flat

DEVICE_ID, SITE_ID = r"[A-Za-z0-9_-]{1,64}", r"[A-Za-z0-9_.-]{1,64}"
HIGHEST_HEAD_M, DATUM_M, MOST_MM = 200, (-500, 9_000), 1e7  # as the memory asks; see RANGES for the first and the last
MOST_HYSTERESIS_M = 5

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One kind of entry.

    Attributes:
        name: Of the file `{name}.csv`.
        entity: What the journal calls an entry.
        kind: Of the entries.
        columns: How each cell is read, by column.
        key: The columns that say which entry it is; where the last of them is `valid_from`, the others say of what.
        required: Columns that no row leaves blank, beside the key.
        blank: What a blank cell means, where that is not None.
    """

    name: str
    entity: str
    kind: type[Entry]
    columns: Mapping[str, Read]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    blank: Mapping[str, Any]

    @property
    def file(self) -> str:
        """What the file is called."""
        return f"{self.name}.csv"

    @property
    def is_dated(self) -> bool:
        """Whether its entries say since when and until when they hold."""
        return self.key[-1] == "valid_from"

    def key_of(self, entry: Entry) -> Key:
        """Which entry it is."""
        return tuple(getattr(entry, name) for name in self.key)

    def entry(self, values: Mapping[str, Any], known: Entry | None) -> Entry:
        """The entry that a row describes.

        Args:
            values: Of the row's columns. A column that it has not leaves what is known as it is.
            known: The entry with this key, if there is one.

        Raises:
            ValueError: There is no such thing; the text is a sentence's end.
        """
        of_row: dict[str, Any] = (
            dict.fromkeys(self.columns) | dict(self.blank) | (flat(known) if known else {}) | dict(values)
        )
        if self.kind is Site:
            of_row["place"] = _place(of_row.pop("lon"), of_row.pop("lat"))
        return self.kind(**of_row)


def _place(lon: float | None, lat: float | None) -> Place | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise ValueError("a position has a lon and a lat, or neither")
    return Place(lon=lon, lat=lat)


PACKS = Sheet(
    name="packs",
    entity="event_pack",
    kind=Origin,
    columns={
        "pack_id": cells.text,
        "title": cells.text,
        "timezone": cells.text,
        "licences": cells.listed,
        "sources": cells.listed,
        "storms": cells.listed,
    },
    key=("pack_id",),
    required=("title", "timezone"),
    blank={"licences": [], "sources": [], "storms": []},
)
DEVICES = Sheet(
    name="devices",
    entity="device",
    kind=Device,
    columns={"device_id": cells.named(DEVICE_ID), "pack_id": cells.text, "station_id": cells.text},
    key=("device_id",),
    blank={},
)
SITES = Sheet(
    name="sites",
    entity="site",
    kind=Site,
    columns={
        "site_id": cells.named(SITE_ID),
        "name": cells.text,
        "name_en": cells.text,
        "kind": cells.one_of(SiteKind),
        "lon": cells.number(-180, 180),
        "lat": cells.number(-90, 90),
        "district": cells.text,
        "position": cells.one_of(Position),
        "pack_id": cells.text,
    },
    key=("site_id",),
    required=("name", "kind"),
    blank={},
)
SENSORS = Sheet(
    name="sensors",
    entity="sensor",
    kind=Fitting,
    columns={
        "device_id": cells.named(DEVICE_ID),
        "quantity": cells.one_of(Quantity),
        "site_id": cells.named(SITE_ID),
        "dry_interval_s": cells.seconds,
        "rain_interval_s": cells.seconds,
        "burst_interval_s": cells.seconds,
        "rollover_mm": cells.number(1e-6, MOST_MM),
    },
    key=("device_id", "quantity"),
    required=("site_id",),
    blank={},
)
MOUNTS = Sheet(
    name="mounts",
    entity="mount",
    kind=Mount,
    columns={
        "device_id": cells.named(DEVICE_ID),
        "valid_from": cells.moment,
        "valid_to": cells.moment,
        "height_m": cells.number(0, HIGHEST_HEAD_M),
        "datum_m": cells.number(*DATUM_M),
        "source": cells.text,
    },
    key=("device_id", "valid_from"),
    required=("source",),
    blank={},
)
THRESHOLDS = Sheet(
    name="thresholds",
    entity="threshold",
    kind=Rung,
    columns={
        "site_id": cells.named(SITE_ID),
        "level": cells.level,
        "valid_from": cells.moment,
        "valid_to": cells.moment,
        "depth_m": cells.number(RANGES[Quantity.LEVEL].low, RANGES[Quantity.LEVEL].high),
        "hysteresis_m": cells.number(0, MOST_HYSTERESIS_M),
        "source": cells.text,
    },
    key=("site_id", "level", "valid_from"),
    required=("depth_m", "source"),
    blank={"hysteresis_m": HYSTERESIS_M},
)
# An entry rests on those of the sheets before its own.
SHEETS: Sequence[Sheet] = (PACKS, DEVICES, SITES, SENSORS, MOUNTS, THRESHOLDS)


def sheet_of(entry: Entry) -> Sheet:
    """The sheet that it stands on."""
    return next(sheet for sheet in SHEETS if sheet.kind is type(entry))


def labelled(key: Key) -> str:
    """A key as people read it, and as the journal has it: `street-A/2`. The moment since when is left out."""
    return "/".join(cells.written(part) for part in key if not hasattr(part, "tzinfo"))
