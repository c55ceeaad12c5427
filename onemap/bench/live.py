"""Live traffic for a benchmark: gauges that report once a minute, and how long each reading takes to the memory."""

import asyncio
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from floodcore.bus import Bus
from floodcore.domain.reading import Quantity
from floodcore.wire import senml, topics
from floodcore.wire.announcement import Kind
from onemap.bench.room import BenchRoom
from onemap.bench.sender import Sender

REPORT_EVERY_S = 60.0
DRY_M = 0.01  # below every threshold: what is measured is readings, not incidents


class LiveTraffic:
    """Every gauge once a minute, evenly spread; used as `async with LiveTraffic(room, gauges) as traffic`.

    A reading is observed when it is published. It counts as committed when ingest announces it, which follows the
    commit: the way of the announcement through the broker is in the figure.

    Attributes:
        published: Readings so far, none like another.
    """

    def __init__(self, room: BenchRoom, gauges: int) -> None:
        self._room, self._gauges = room, gauges
        self.published = 0
        self._on_their_way: dict[str, datetime] = {}  # by sensor
        self._seconds: list[float] = []
        self._ending = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._publish, name="live traffic", daemon=True)

    async def __aenter__(self) -> "LiveTraffic":
        rows = await asyncio.to_thread(self._room.rows, "SELECT device_id, sensor_id FROM sensor")
        self._sensor_of = {str(device_id): str(sensor_id) for device_id, sensor_id in rows}
        self._listening = asyncio.create_task(self._listen(), name="commits")
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        self._listening.cancel()

    async def stop(self) -> None:
        """Publish no more; what is under way still counts when it arrives.

        Raises:
            OSError: The broker has broken off, so that the figures mean nothing.
        """
        self._ending.set()
        await asyncio.to_thread(self._thread.join)
        if self._failure:
            raise self._failure

    def forget(self) -> None:
        """Measure from now on: whatever is on its way does not count."""
        self._on_their_way.clear()
        self._seconds.clear()

    def commit_ms(self, *percents: float) -> list[float]:
        """Percentiles from publishing to the commit, in milliseconds; NaN where nothing was measured."""
        return percentiles_ms(self._seconds, percents)

    @property
    def measured(self) -> int:
        """How many readings the percentiles rest on."""
        return len(self._seconds)

    def _publish(self) -> None:
        try:
            with Sender(self._room.servers.fleet_url, "live-traffic") as sender:
                due = time.monotonic()
                while not self._ending.wait(max(0.0, due - time.monotonic())):
                    device = f"gauge-{self.published % self._gauges}"
                    at = datetime.now(UTC)
                    self._on_their_way[self._sensor_of[device]] = at
                    sender.send([(topics.telemetry(device), senml.encode(device, [(Quantity.LEVEL, at, DRY_M)]))])
                    self.published += 1
                    due += REPORT_EVERY_S / self._gauges
        except OSError as error:
            self._failure = error

    async def _listen(self) -> None:
        async with Bus(self._room.servers.mqtt_url, "bench", [Kind.READINGS]) as bus:
            async for said in bus.heard():
                now = datetime.now(UTC)
                for sensor_id in said.ids:
                    if at := self._on_their_way.pop(sensor_id, None):
                        self._seconds.append((now - at).total_seconds())


def percentiles_ms(seconds: Sequence[float], percents: Sequence[float]) -> list[float]:
    """Percentiles in milliseconds, rounded; NaN where there is nothing."""
    if not seconds:
        return [float("nan")] * len(percents)
    return [round(float(value) * 1000, 1) for value in np.percentile(seconds, percents)]
