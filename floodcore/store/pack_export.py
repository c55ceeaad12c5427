"""The memory as an event pack again: the reverse of an import."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from floodcore.domain.levels import Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Site, SiteKind
from floodcore.errors import NotFound
from floodcore.packs import identity
from floodcore.packs.description import Description, Storm
from floodcore.packs.stations import Station
from floodcore.packs.writing import Observation, writing
from floodcore.store.database import Connection, fetch_all
from floodcore.store.register import sites, thresholds
from floodcore.store.statements import statements

SQL = statements("packs")
ROWS_AT_ONCE = 10_000
# Of several quantities of one device, what kind of station they make it.
KIND_OF = {
    Quantity.LEVEL: Quantity.LEVEL,
    Quantity.DISTANCE: Quantity.LEVEL,
    Quantity.TIDE: Quantity.TIDE,
    Quantity.RAIN: Quantity.RAIN,
    Quantity.RAIN_TOTAL: Quantity.RAIN,
    Quantity.FLOW: Quantity.FLOW,
    Quantity.PUMP: Quantity.PUMP,
}
KIND_AT = {
    SiteKind.RAIN: Quantity.RAIN,
    SiteKind.TIDE: Quantity.TIDE,
    SiteKind.PUMP: Quantity.PUMP,
    SiteKind.FLOW: Quantity.FLOW,
}


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written."""

    pack_id: str
    stations: int
    observations: int


async def export_pack(
    connection: Connection,
    folder: Path,
    *,
    start: datetime,
    end: datetime,
    pack_id: str | None = None,
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> Exported:
    """Write what was observed in a span of time, both ends included, as an event pack.

    Where all of it came from one pack the export has that pack's name, and imported again it is all duplicates. Values
    that conflicted with a stored one stay behind, and so does what the register does not hold (datum, catchment).

    Args:
        connection: Where from; its transaction sees one moment.
        folder: Becomes the pack; must not exist, or be empty.
        start: First observation time.
        end: Last observation time.
        pack_id: Only this pack's devices; all devices when None.
        on_progress: Is told how many rows are written.

    Raises:
        NotFound: There is no such pack, or no device at all.
        Refused: The folder has something in it.
    """
    devices = await fetch_all(connection, SQL["exported_devices"], {"pack_id": pack_id})
    if not devices:
        known = ", ".join(row["pack_id"] for row in await fetch_all(connection, SQL["packs"], {"pack_ids": None}))
        raise NotFound(f"There is nothing to export{f' of pack {pack_id!r}' if pack_id else ''}; known packs: {known}.")
    description = await _describe(connection, devices, folder.name, start, end)
    stations = await _stations(connection, devices, named=description.pack_id != devices[0]["pack_id"])
    station_of = {station.device_id: station.station_id for station in stations}
    written = 0
    async with connection.cursor(name="exported_readings") as cursor:
        await cursor.execute(SQL["exported_readings"], {"start": start, "end": end, "devices": list(station_of)})
        with writing(folder, description, stations) as write:
            while rows := await cursor.fetchmany(ROWS_AT_ONCE):
                write(_observation(row, station_of) for row in rows)
                written += len(rows)
                on_progress(written)
    return Exported(pack_id=description.pack_id, stations=len(stations), observations=written)


def _observation(row: Mapping[str, Any], station_of: Mapping[str, str]) -> Observation:
    return Observation(
        observed_at=row["observed_at"],
        station_id=station_of[row["device_id"]],
        quantity=row["quantity"],
        value=row["value"],
        quality=row["source_quality"],
        received_at=row["received_at"],
    )


async def _describe(
    connection: Connection, devices: Sequence[Mapping[str, Any]], name: str, start: datetime, end: datetime
) -> Description:
    """The pack's own words where all devices are of one; else all packs' licences and sources under a new name."""
    origins = {row["pack_id"] for row in devices}
    packs = await fetch_all(connection, SQL["packs"], {"pack_ids": [pack for pack in origins if pack]})
    alone = packs[0] if len(origins) == 1 and packs else None
    storms = [_storm(storm) for pack in packs for storm in pack["storms"]]
    return Description(
        pack_id=alone["pack_id"] if alone else identity.site_id(name),
        title=alone["title"] if alone else f"One Map, {start.date()} to {end.date()}",
        timezone=alone["timezone"] if alone else "UTC",
        licences=_once(entry for pack in packs for entry in pack["licences"]),
        sources=_once(entry for pack in packs for entry in pack["sources"]),
        storms=tuple(storm for storm in storms if storm.start <= end and storm.end >= start),
        paths={},
    )


def _storm(storm: Mapping[str, str]) -> Storm:
    return Storm(
        storm_id=storm["id"],
        title=storm["title"],
        start=datetime.fromisoformat(storm["start"]),
        end=datetime.fromisoformat(storm["end"]),
    )


def _once(entries: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    kept: list[Mapping[str, Any]] = []
    for entry in entries:
        if entry not in kept:
            kept.append(entry)
    return tuple(kept)


async def _stations(connection: Connection, devices: Sequence[Mapping[str, Any]], *, named: bool) -> list[Station]:
    """The stations; `named` tells their devices by name, so that an import under another name finds them again."""
    site_of = {site.site_id: site for site in await sites(connection)}
    thresholds_of = await thresholds(connection)
    bearers = Counter(row["station_id"] for row in devices)
    return [
        _station(
            row,
            station_id=row["station_id"] if bearers[row["station_id"]] == 1 else row["device_id"],
            site=site_of[row["site_id"]],
            named=named,
            steps=[step for step in thresholds_of.get(row["site_id"], ()) if step.valid_to is None],
        )
        for row in devices
    ]


def _station(
    row: Mapping[str, Any], *, station_id: str, site: Site, named: bool, steps: Sequence[Threshold]
) -> Station:
    kind = _kind([Quantity(quantity) for quantity in row["quantities"]], site.kind)
    newest = {step.level: step for step in sorted(steps, key=lambda step: step.valid_from)}
    return Station(
        station_id=station_id,
        device_id=row["device_id"],
        kind=kind,
        site=site,
        thresholds=tuple(newest.values()) if kind is Quantity.LEVEL else (),
        device_named=named or identity.device_id(station_id) != row["device_id"],
    )


def _kind(quantities: Sequence[Quantity], site_kind: SiteKind) -> Quantity:
    """What kind of station measures these; where that leaves a choice, the kind of its site decides."""
    at_site = KIND_AT.get(site_kind, Quantity.LEVEL)
    possible = [KIND_OF[quantity] for quantity in KIND_OF if quantity in quantities]
    return at_site if at_site in possible or not possible else possible[0]
