"""Sites and readings, as they are loaded and kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dashboard_api.live.gauges import OWN_PACE, Gauge, Latest, judge, raining
from dashboard_api.live.links import ON_THE_WAY_S
from dashboard_api.live.objects import Reading
from dashboard_api.live.places import Thresholds, site_objects
from dashboard_api.live.rate import Sample
from dashboard_api.live.state import Objects
from floodcore.clock import Clock
from floodcore.domain.cadence import Cadence
from floodcore.domain.reading import Quality
from floodcore.domain.site import Sensor
from floodcore.store import register
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("live", "dashboard_api")
KEPT = 12  # samples of a sensor: more than five minutes of one that reports every half minute


class Gauges:
    """What the sensors said last. Only what is new is judged again, but every sensor's silence is looked at."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sensors: dict[int, Sensor] = {}
        self._thresholds: Thresholds = {}
        self._cadences: dict[int, Cadence] = {}
        self._gauges: dict[int, Gauge] = {}
        self._is_judged = True  # by the present register

    @property
    def total(self) -> int:
        """How many sensors are registered."""
        return len(self._sensors)

    async def load_register(self, connection: Connection) -> Objects:
        """The topic `sites`; where sensors, their paces or thresholds have changed, every reading is judged anew."""
        sites = await register.sites(connection)
        sensors = {sensor.sensor_id: sensor for sensor in await register.sensors(connection)}
        thresholds = await register.thresholds(connection)
        cadences = await register.cadences(connection)
        if (sensors, thresholds, cadences) != (self._sensors, self._thresholds, self._cadences):
            self._sensors, self._thresholds, self._cadences = sensors, thresholds, cadences
            self._is_judged = False
            await self.load(connection)
        credits_of = await register.credits_of_packs(connection)
        return site_objects(sites, sensors.values(), thresholds, credits_of, self._clock.now())

    async def load(self, connection: Connection, sensor_ids: Collection[int] | None = None) -> bool:
        """Load the newest readings of these sensors, or of all.

        Args:
            connection: Where to read.
            sensor_ids: Sensors of which something new is stored; a late reading counts, too.

        Returns:
            Whether all of them are in the register as we know it.
        """
        asked = {"sensor_ids": None if sensor_ids is None else list(sensor_ids)}
        rows = await fetch_all(connection, SQL["latest"], asked)
        known = [_latest(row) for row in rows if row["sensor_id"] in self._sensors]
        fresh = [latest for latest in known if sensor_ids is not None or self._is_new(latest)]
        samples = await self._samples(connection, fresh)
        for latest in fresh:
            self._gauges[latest.sensor_id] = self._judged(latest, samples.get(latest.sensor_id, ()))
        self._is_judged = self._is_judged or sensor_ids is None
        return len(known) == len(rows)

    def readings(self) -> dict[str, Reading]:
        """The topic `readings`, with every sensor's link as of now."""
        now, on_the_way = self._clock.now(), self._clock.passed_in(ON_THE_WAY_S)
        wet = raining(self._gauges.values(), now)
        self._gauges = {
            number: gauge.at(now, on_the_way, is_raining=gauge.reading.site_id in wet)
            for number, gauge in self._gauges.items()
            if number in self._sensors
        }
        return {str(sensor_id): gauge.reading for sensor_id, gauge in self._gauges.items()}

    def _is_new(self, latest: Latest) -> bool:
        gauge = self._gauges.get(latest.sensor_id)
        return gauge is None or not self._is_judged or gauge.latest != latest

    def _judged(self, latest: Latest, samples: Iterable[Sample]) -> Gauge:
        sensor, clock = self._sensors[latest.sensor_id], self._clock
        cadence = self._cadences.get(latest.sensor_id, OWN_PACE)
        on_the_way = clock.passed_in(ON_THE_WAY_S)
        return judge(sensor, latest, samples, self._thresholds, clock.now(), on_the_way, cadence)

    async def _samples(self, connection: Connection, latest: Iterable[Latest]) -> Mapping[int, list[Sample]]:
        until = {one.sensor_id: one.observed_at for one in latest}
        found: dict[int, list[Sample]] = defaultdict(list)
        if until:
            asked = {"sensor_ids": list(until), "until": list(until.values()), "kept": KEPT}
            for row in await fetch_all(connection, SQL["samples"], asked):
                found[row["sensor_id"]].append(
                    Sample(observed_at=row["observed_at"], value=row["value"], quality=Quality(row["quality"]))
                )
        return found


def _latest(row: Mapping[str, Any]) -> Latest:
    return Latest(**{**row, "quality": Quality(row["quality"])})
