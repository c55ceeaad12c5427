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
    sites: Iterable[RegisteredSite], sensors: Iterable[Sensor], thresholds: Thresholds, now: datetime
) -> dict[str, Site]:
    """All sites by id, each with its sensors and the thresholds that are valid now."""
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
        site.site_id: _site(site, tuple(at_site[site.site_id]), Ladder.at(thresholds.get(site.site_id, ()), now))
        for site in sites
    }


def _site(site: RegisteredSite, sensors: tuple[SiteSensor, ...], ladder: Ladder) -> Site:
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
        thresholds=tuple(ThresholdStep(level=int(step.level), depth_m=step.depth_m) for step in steps),
        thresholds_source="; ".join(sources) or None,
        sensors=sensors,
    )
