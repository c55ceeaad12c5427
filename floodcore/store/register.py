"""The register of sites, devices, sensors and thresholds."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, Position, Sensor, Site, SiteKind
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("register")


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


async def thresholds(connection: Connection) -> dict[str, tuple[Threshold, ...]]:
    """All thresholds of all times by site id; a site without any is missing."""
    found: dict[str, list[Threshold]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["thresholds"]):
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


async def put_thresholds(connection: Connection, site_id: str, steps: Iterable[Threshold]) -> None:
    """Add thresholds to a site; one with the same level and beginning is replaced."""
    for step in steps:
        await connection.execute(
            SQL["put_threshold"],
            {
                "site_id": site_id,
                "level": int(step.level),
                "depth_m": step.depth_m,
                "hysteresis_m": step.hysteresis_m,
                "valid_from": step.valid_from,
                "valid_to": step.valid_to,
                "source": step.source,
            },
        )


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
