"""The newest reading of a sensor, judged: its level, how fast it changes, and whether the sensor is still there."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from dashboard_api.live.links import link_of, patience
from dashboard_api.live.objects import QUALITY, Reading, raw_beside
from dashboard_api.live.places import Thresholds
from dashboard_api.live.rate import Sample, interval, rate_mm_min
from floodcore.domain.cadence import Cadence, Mode
from floodcore.domain.levels import Ladder, Threshold
from floodcore.domain.quality import names
from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import Sensor

OWN_PACE = Cadence()  # of a sensor for which the register states nothing
RAIN_LASTS = timedelta(minutes=30)  # two of a rain gauge's dry intervals: who has said nothing since tells no weather


@dataclass(frozen=True, kw_only=True, slots=True)
class Latest:
    """A sensor's newest reading as the memory has it.

    Attributes:
        sensor_id: Whose it is.
        observed_at: When it was so.
        received_at: When the room first knew it.
        value: What it is worth, in the quantity's unit.
        raw: What the gauge said.
        quality: How far it may be trusted.
        flags: Bits of `quality.Flag`.
        is_offline: The last word about its device.
    """

    sensor_id: int
    observed_at: datetime
    received_at: datetime
    value: float
    raw: float
    quality: Quality
    flags: int
    is_offline: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """A judged reading, and for how long the sensor may now say nothing before it counts as stale, and in rain.

    To both comes what may be on its way to us.
    """

    latest: Latest
    reading: Reading
    patience: timedelta
    patience_in_rain: timedelta

    @property
    def says_rain(self) -> bool:
        """Whether it is a rain gauge whose newest amount is some."""
        is_amount = self.reading.quantity == Quantity.RAIN and self.latest.quality is not Quality.BAD
        return is_amount and self.latest.value > 0

    def at(self, now: datetime, on_the_way: timedelta, *, is_raining: bool = False) -> "Gauge":
        """The same with its link as of now; the same object where that has not changed.

        Args:
            now: The room's time.
            on_the_way: How much of it has passed while a reading may have been on its way to us.
            is_raining: By the rain gauges of its own site: who cannot know of the rain need not hurry.
        """
        patience = self.patience_in_rain if is_raining else self.patience
        link = link_of(self.latest.observed_at, patience + on_the_way, now, is_offline=self.latest.is_offline)
        if link == self.reading.link:
            return self
        return dataclasses.replace(self, reading=replace(self.reading, link=link))


def raining(gauges: Iterable[Gauge], now: datetime) -> set[str]:
    """The sites where it rains, by what their rain gauges told lately."""
    return {one.reading.site_id for one in gauges if one.says_rain and now - one.latest.observed_at <= RAIN_LASTS}


def judge(
    sensor: Sensor,
    latest: Latest,
    samples: Iterable[Sample],
    thresholds: Thresholds,
    now: datetime,
    on_the_way: timedelta,
    cadence: Cadence = OWN_PACE,
) -> Gauge:
    """Judge a sensor's newest reading.

    Args:
        sensor: Whose it is.
        latest: The reading.
        samples: The sensor's last readings, oldest first.
        thresholds: By site, of all times; the reading is judged by those valid when it was observed.
        now: The room's time.
        on_the_way: How much of it has passed while a reading may have been on its way to us.
        cadence: How often the sensor is to report.
    """
    history = tuple(samples)
    is_level = sensor.quantity is Quantity.LEVEL
    level = _level(latest, thresholds.get(sensor.site_id, ())) if is_level else None
    own = interval(history)
    calm, wet = (patience(cadence, Mode.BURST if level else mode, own) for mode in (Mode.DRY, Mode.RAIN))
    reading = Reading(
        site_id=sensor.site_id,
        device_id=sensor.device_id,
        quantity=sensor.quantity,
        unit=sensor.unit,
        observed_at=latest.observed_at,
        received_at=latest.received_at,
        value=latest.value,
        raw=raw_beside(latest.value, latest.raw),
        quality=QUALITY[latest.quality],
        flags=tuple(names(latest.flags)),
        level=level,
        rate_mm_min=rate_mm_min(history) if is_level else None,
        link=link_of(latest.observed_at, calm + on_the_way, now, is_offline=latest.is_offline),
    )
    return Gauge(latest=latest, reading=reading, patience=calm, patience_in_rain=wet)


def _level(latest: Latest, thresholds: Iterable[Threshold]) -> int | None:
    """None where nobody has set a threshold, or the value is known to be wrong: then nothing is judged."""
    ladder = Ladder.at(thresholds, latest.observed_at)
    if not ladder.steps or latest.quality is Quality.BAD:
        return None
    return int(ladder.level_of(latest.value))
