"""The register of sites, devices, sensors and thresholds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from floodcore.domain.cadence import Cadence, cadence_of
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, Position, Sensor, Site, SiteKind
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.statements import statements

SQL = statements("register")
SHORTEST = timedelta(microseconds=1)  # two thresholds of a level never begin at one moment


async def sites(connection: Connection) -> list[Site]:
    """All sites, by id."""
    return [_site(row) for row in await fetch_all(connection, SQL["sites"])]


async def credits_of_packs(connection: Connection) -> dict[str, str]:
    """Whom to name wherever an event pack's data are shown, by pack: its first source, or else its title."""
    return {row["pack_id"]: row["credit"] for row in await fetch_all(connection, SQL["credits"])}


async def sensors(connection: Connection) -> list[Sensor]:
    """All sensors, by number."""
    return [
        Sensor(
            sensor_id=row["sensor_id"],
            device_id=row["device_id"],
            site_id=row["site_id"],
            quantity=Quantity(row["quantity"]),
        )
        for row in await fetch_all(connection, SQL["sensors"])
    ]


async def cadences(connection: Connection, site_ids: Collection[str] | None = None) -> dict[int, Cadence]:
    """How often the sensors of these sites, or of all, are expected to report, by sensor."""
    asked = {"site_ids": None if site_ids is None else list(site_ids)}
    return {
        row["sensor_id"]: cadence_of(
            SiteKind(row["kind"]), row["dry_interval_s"], row["rain_interval_s"], row["burst_interval_s"]
        )
        for row in await fetch_all(connection, SQL["cadences"], asked)
    }


async def thresholds(
    connection: Connection, site_ids: Collection[str] | None = None
) -> dict[str, tuple[Threshold, ...]]:
    """Thresholds of all times of these sites, or of all sites, by site id; a site without any is missing."""
    found: dict[str, list[Threshold]] = defaultdict(list)
    asked = {"site_ids": None if site_ids is None else list(site_ids)}
    for row in await fetch_all(connection, SQL["thresholds"], asked):
        found[row.pop("site_id")].append(Threshold(**{**row, "level": Level(row["level"])}))
    return {site_id: tuple(steps) for site_id, steps in found.items()}


async def put_site(connection: Connection, site: Site) -> None:
    """Add a site, or bring it up to date."""
    place = site.place
    await connection.execute(
        SQL["put_site"],
        {
            "site_id": site.site_id,
            "name": site.name,
            "name_en": site.name_en,
            "kind": site.kind,
            "lon": place.lon if place else None,
            "lat": place.lat if place else None,
            "district": site.district,
            "position": site.position,
            "pack_id": site.pack_id,
        },
    )


async def put_sensor(connection: Connection, *, device_id: str, site_id: str, quantity: Quantity) -> None:
    """Add a sensor, and its device with it; one that is known stays where it is."""
    row = {"device_id": device_id, "site_id": site_id, "quantity": quantity}
    await connection.execute(SQL["put_device"], row)
    await connection.execute(SQL["put_sensor"], row)


async def put_thresholds(
    connection: Connection, site_id: str, steps: Iterable[Threshold], *, actor: str, now: datetime
) -> None:
    """Set thresholds of a site; those that are in force as given stay as they are.

    What was in force until now stays on record with its end: the levels of the past are not judged anew.

    Args:
        connection: A journalled one.
        site_id: The site.
        steps: At most one a level.
        actor: Who sets them.
        now: The room's time.
    """
    for step in steps:
        asked = {"site_id": site_id, "level": int(step.level), "now": now}
        in_force = await fetch_one(connection, SQL["threshold_in_force"], asked)
        if in_force is None:
            await _add_threshold(connection, site_id, step, before=None, actor=actor, now=now)
        elif not _same(in_force, step):
            begins = max(step.valid_from, now, in_force["valid_from"] + SHORTEST)
            await connection.execute(SQL["end_threshold"], in_force | {"valid_to": begins})
            renewed = replace(step, valid_from=begins)
            await _add_threshold(connection, site_id, renewed, before=in_force, actor=actor, now=now)


def _same(row: Mapping[str, Any], step: Threshold) -> bool:
    return (row["depth_m"], row["hysteresis_m"], row["valid_to"], row["source"]) == (
        step.depth_m,
        step.hysteresis_m,
        step.valid_to,
        step.source,
    )


async def _add_threshold(
    connection: Connection,
    site_id: str,
    step: Threshold,
    *,
    before: Mapping[str, Any] | None,
    actor: str,
    now: datetime,
) -> None:
    row = {
        "site_id": site_id,
        "level": int(step.level),
        "depth_m": step.depth_m,
        "hysteresis_m": step.hysteresis_m,
        "valid_from": step.valid_from,
        "valid_to": step.valid_to,
        "source": step.source,
    }
    await connection.execute(SQL["add_threshold"], row)
    entry = Entry(
        kind="threshold.changed" if before else "threshold.added",
        entity="threshold",
        entity_id=f"{site_id}/{step.level}",
        before=before,
        after=row,
        actor=actor,
        at=now,
    )
    await journal.write(connection, entry)


def _site(row: dict[str, Any]) -> Site:
    return Site(
        site_id=row["site_id"],
        name=row["name"],
        name_en=row["name_en"],
        kind=SiteKind(row["kind"]),
        place=Place(lon=row["lon"], lat=row["lat"]) if row["lon"] is not None else None,
        district=row["district"],
        position=Position(row["position"]) if row["position"] else None,
        pack_id=row["pack_id"],
    )
