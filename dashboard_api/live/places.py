"""Sites and their sensors, as clients see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from dashboard_api.live.objects import Site, SiteSensor, ThresholdStep
from floodcore.domain.levels import Ladder, Threshold
from floodcore.domain.site import Sensor
from floodcore.domain.site import Site as RegisteredSite

Thresholds = Mapping[str, tuple[Threshold, ...]]


def site_objects(
    sites: Iterable[RegisteredSite],
    sensors: Iterable[Sensor],
    thresholds: Thresholds,
    credits_of: Mapping[str, str],
    now: datetime,
) -> dict[str, Site]:
    """All sites by id, each with its sensors, the thresholds that are valid now, and whom to name for its data.

    Args:
        sites: The register's.
        sensors: The register's.
        thresholds: By site.
        credits_of: By event pack.
        now: The room's time.
    """
    at_site: dict[str, list[SiteSensor]] = defaultdict(list)
    for sensor in sensors:
        at_site[sensor.site_id].append(
            SiteSensor(
                sensor_id=str(sensor.sensor_id),
                device_id=sensor.device_id,
                quantity=sensor.quantity,
                unit=sensor.unit,
            )
        )
    return {
        site.site_id: _site(
            site, tuple(at_site[site.site_id]), Ladder.at(thresholds.get(site.site_id, ()), now), credits_of
        )
        for site in sites
    }


def _site(site: RegisteredSite, sensors: tuple[SiteSensor, ...], ladder: Ladder, credits_of: Mapping[str, str]) -> Site:
    steps = sorted(ladder.steps.values(), key=lambda step: step.level)
    sources = dict.fromkeys(step.source for step in steps if step.source)
    return Site(
        name=site.name,
        name_en=site.name_en,
        kind=site.kind.value,
        lon=site.place.lon if site.place else None,
        lat=site.place.lat if site.place else None,
        district=site.district,
        position=site.position.value if site.position else None,
        pack=site.pack_id,
        credit=credits_of.get(site.pack_id) if site.pack_id else None,
        thresholds=tuple(ThresholdStep(level=int(step.level), depth_m=step.depth_m) for step in steps),
        thresholds_source="; ".join(sources) or None,
        sensors=sensors,
    )
