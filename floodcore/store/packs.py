"""An event pack into the memory: its stations into the register, its observations among the readings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from floodcore.domain.reading import Quantity, Reading
from floodcore.packs.description import Description
from floodcore.packs.identity import apart
from floodcore.packs.read import Pack
from floodcore.packs.stations import Station
from floodcore.packs.writing import moment
from floodcore.register.entries import Device, Fitting, Origin
from floodcore.register.revision import Change
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.store.register import put_thresholds, sensors, sites
from floodcore.store.register_book import write
from floodcore.store.statements import statements

SQL = statements("packs")
READINGS_AT_ONCE = 20_000  # a transaction of about 0.2 s: others get their turn, and a broken one costs little


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of a pack's observations."""

    stored: int = 0
    duplicate: int = 0
    conflict: int = 0


async def import_pack(
    database: Database, pack: Pack, now: datetime, on_progress: Callable[[float], None] = lambda _share: None
) -> Imported:
    """Register a pack and store what it observed; the same again changes nothing.

    Every value counts as received when the pack says so, else when it was observed: what the room is shown "as known
    then" is what a room with these sensors would have known.

    Args:
        database: Where to.
        pack: Read with `read_pack`.
        now: When the import happens.
        on_progress: Is told the share done, 0 to 1.
    """
    async with journalled(database) as connection:
        device_of = await register_pack(connection, pack, now)
    total = Imported()
    for start in range(0, len(pack.observations), READINGS_AT_ONCE):
        batch = readings(pack.observations[start : start + READINGS_AT_ONCE], device_of)
        async with database.connection() as connection:
            stored = await store_readings(connection, batch)
        total = Imported(
            stored=total.stored + stored.stored,
            duplicate=total.duplicate + stored.duplicate,
            conflict=total.conflict + stored.conflict,
        )
        on_progress((start + len(batch)) / len(pack.observations))
    return total


async def register_pack(connection: Connection, pack: Pack, now: datetime) -> dict[str, str]:
    """Put a pack, its sites, devices, sensors and thresholds into the register; again brings them up to date.

    A device's or site's id that belongs to another pack is not shared but told apart by a suffix. A site of the
    city's own that the pack names is joined and stays as it is.

    Args:
        connection: A journalled one.
        pack: Read with `read_pack`.
        now: The room's time.

    Returns:
        Device id by station id.
    """
    await connection.execute(SQL["take_turn"])
    await _put_origin(connection, pack, now)
    device_of = await _put_devices(connection, pack, now)
    site_of = await _sites_of_others(connection, pack, device_of)
    site_of |= await _put_sites(connection, pack, [s for s in pack.stations if s.station_id not in site_of], now)
    await _put_sensors(connection, pack, device_of, site_of, now)
    return device_of


def readings(observations: pd.DataFrame, device_of: Mapping[str, str]) -> list[Reading]:
    """Rows of a pack's observations as readings, in their order."""
    return [
        Reading(
            device_id=device_of[station_id],
            quantity=Quantity(quantity),
            observed_at=observed_at,
            value=value,
            received_at=received_at,
            source_quality=quality,
        )
        for observed_at, received_at, station_id, quantity, value, quality in zip(
            observations["observed_at"].dt.to_pydatetime(),
            observations["received_at"].dt.to_pydatetime(),
            observations["station_id"],
            observations["quantity"],
            observations["value"].tolist(),
            observations["quality"],
            strict=True,
        )
    ]


async def _put_origin(connection: Connection, pack: Pack, now: datetime) -> None:
    rows = await fetch_all(connection, SQL["packs"], {"pack_ids": [pack.pack_id]})
    known = Origin(**rows[0]) if rows else None
    origin = _origin(pack.description)
    if origin != known:
        await write(connection, [Change(before=known, after=origin)], actor=_actor(pack), now=now)


def _origin(said: Description) -> Origin:
    storms = [
        {"id": storm.storm_id, "title": storm.title, "start": moment(storm.start), "end": moment(storm.end)}
        for storm in said.storms
    ]
    return Origin(
        pack_id=said.pack_id,
        title=said.title,
        timezone=said.timezone,
        licences=list(said.licences),
        sources=list(said.sources),
        storms=storms,
    )


async def _put_devices(connection: Connection, pack: Pack, now: datetime) -> dict[str, str]:
    """Device id by station id; a device that the pack itself names may be another's already, and is joined."""
    device_of = await _devices_of(connection, pack.pack_id)
    new = [station for station in pack.stations if station.station_id not in device_of]
    ids = [station.device_id for station in new]
    taken = {row["device_id"] for row in await fetch_all(connection, SQL["taken_devices"], {"ids": ids})}
    own = []
    for station in new:
        clash = station.device_id in taken and not station.device_named
        device_id = apart(station.device_id, pack.pack_id) if clash else station.device_id
        if device_id not in taken:
            own.append(Device(device_id=device_id, pack_id=pack.pack_id, station_id=station.station_id))
        device_of[station.station_id] = device_id
    await write(connection, [Change(before=None, after=device) for device in own], actor=_actor(pack), now=now)
    return device_of


async def _devices_of(connection: Connection, pack_id: str) -> dict[str, str]:
    rows = await fetch_all(connection, SQL["devices_of"], {"pack_id": pack_id})
    return {row["station_id"]: row["device_id"] for row in rows}


async def _sites_of_others(connection: Connection, pack: Pack, device_of: Mapping[str, str]) -> dict[str, str]:
    """Where the devices stand that the pack has joined, by station id: their places are not the pack's to change."""
    own = await _devices_of(connection, pack.pack_id)
    joined = {device_of[s.station_id]: s.station_id for s in pack.stations if s.station_id not in own}
    rows = await fetch_all(connection, SQL["sites_of_devices"], {"ids": list(joined)})
    return {joined[row["device_id"]]: row["site_id"] for row in rows}


async def _put_sites(connection: Connection, pack: Pack, stations: Sequence[Station], now: datetime) -> dict[str, str]:
    """Site id by station id. Where stations share a site, the first that measures a level describes it."""
    ids = [station.site.site_id for station in stations]
    known = {site.site_id: site for site in await sites(connection)}
    owner_of = {site_id: known[site_id].pack_id for site_id in ids if site_id in known}
    done: dict[str, str] = {}
    described: dict[str, Station] = {}
    for station in sorted(stations, key=lambda station: station.kind is not Quantity.LEVEL):
        named = station.site.site_id
        if named in done:
            continue
        owner = owner_of.get(named, pack.pack_id)
        citys_own = owner is None and named != station.device_id
        done[named] = named if citys_own or owner == pack.pack_id else apart(named, pack.pack_id)
        if not citys_own:
            described[done[named]] = station
    changes = [
        Change(before=known.get(site_id), after=replace(station.site, site_id=site_id))
        for site_id, station in described.items()
    ]
    await write(connection, [one for one in changes if one.before != one.after], actor=_actor(pack), now=now)
    for site_id, station in described.items():
        await put_thresholds(connection, site_id, station.thresholds, actor=_actor(pack), now=now)
    return {station.station_id: done[station.site.site_id] for station in stations}


async def _put_sensors(
    connection: Connection, pack: Pack, device_of: Mapping[str, str], site_of: Mapping[str, str], now: datetime
) -> None:
    """What its stations measure; a sensor that is known stays where it is."""
    known = {(sensor.device_id, sensor.quantity) for sensor in await sensors(connection)}
    at_site = {(device_of[station_id], quantity): site_of[station_id] for station_id, quantity in _measured(pack)}
    new = [
        Fitting(device_id=device_id, quantity=quantity, site_id=site_id)
        for (device_id, quantity), site_id in at_site.items()
        if (device_id, quantity) not in known
    ]
    await write(connection, [Change(before=None, after=one) for one in new], actor=_actor(pack), now=now)


def _actor(pack: Pack) -> str:
    return f"import:{pack.pack_id}"


def _measured(pack: Pack) -> list[tuple[str, Quantity]]:
    """What each station has observed; one that never did would observe what its kind says."""
    pairs = pack.observations[["station_id", "quantity"]].drop_duplicates()
    observed = list(zip(pairs["station_id"], map(Quantity, pairs["quantity"]), strict=True))
    heard = {station_id for station_id, _ in observed}
    return observed + [(s.station_id, s.kind) for s in pack.stations if s.station_id not in heard]
