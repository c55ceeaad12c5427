"""A simulated city's places and gauges, as the register holds them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from floodcore.domain.ladders import road_ladder
from floodcore.domain.levels import Threshold
from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Mount
from floodcore.packs.stations import ALWAYS, ROAD_LIKE
from floodcore.register.entries import Device, Entry, Fitting, Origin, Rung
from floodcore.register.revision import Change
from floodcore.store.database import Connection
from floodcore.store.register_book import write
from simulators.city.plan import City, Gauge
from simulators.instruments.instrument import instrument

ACTOR = "service:simulator"
SOURCE = "simulated; constructed"


async def register_city(connection: Connection, city: City, seed: int, now: datetime) -> None:
    """Put a simulated city into a fresh memory.

    Args:
        connection: A journalled one.
        city: Its sites and gauges.
        seed: As its instruments are made with.
        now: The room's time.
    """
    changes = [Change(before=None, after=entry) for entry in entries(city, seed)]
    await write(connection, changes, actor=ACTOR, now=now)


def entries(city: City, seed: int) -> Iterator[Entry]:
    """What the register is told of a city: its origin, sites with ladders, devices, sensors and mounts."""
    yield Origin(pack_id=city.name, title=city.title, timezone=city.timezone, licences=[], sources=[], storms=[])
    for site in city.sites:
        yield replace(site, pack_id=city.name)
        if site.kind in ROAD_LIKE:
            yield from (_rung(site.site_id, step) for step in road_ladder(ALWAYS))
    for gauge in city.gauges:
        yield Device(device_id=gauge.device_id, pack_id=city.name, station_id=gauge.device_id)
        yield from _fittings(gauge, seed)


def _rung(site_id: str, step: Threshold) -> Rung:
    return Rung(
        site_id=site_id,
        level=step.level,
        depth_m=step.depth_m,
        hysteresis_m=step.hysteresis_m,
        valid_from=step.valid_from,
        valid_to=step.valid_to,
        source=step.source,
    )


def _fittings(gauge: Gauge, seed: int) -> Iterator[Fitting | Mount]:
    is_one = instrument(gauge, seed)
    quantities = [is_one.quantity]
    if is_one.quantity is Quantity.DISTANCE:
        quantities.append(Quantity.LEVEL)
        yield Mount(
            device_id=gauge.device_id,
            height_m=gauge.head_m,
            datum_m=None,
            valid_from=ALWAYS,
            valid_to=None,
            source=SOURCE,
        )
    for quantity in quantities:
        yield Fitting(
            device_id=gauge.device_id,
            quantity=quantity,
            site_id=gauge.site_id,
            dry_interval_s=_seconds(is_one.dry),
            rain_interval_s=_seconds(is_one.rain),
            burst_interval_s=_seconds(is_one.burst),
            rollover_mm=is_one.rollover_mm if quantity is Quantity.RAIN_TOTAL else None,
        )


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
