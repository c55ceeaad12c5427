"""What Prometheus is told."""

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from dashboard_api.figures import families
from dashboard_api.follow.follower import Follower
from dashboard_api.live.hub import Hub
from floodcore.clock import Clock

disable_created_metrics()  # type: ignore[no-untyped-call]  # in this text format they would be series of their own


class Metrics:
    """The API's own figures and what it knows of the others'.

    Routes are named by their template, so that no id becomes a label.
    """

    def __init__(self, others: Collector) -> None:
        registry = CollectorRegistry()
        registry.register(others)
        self._registry = registry
        self.clients = Gauge("onemap_live_clients", "Clients of the live channel", registry=registry)
        self.frames = Counter("onemap_live_frames", "Deltas told, heartbeats included", registry=registry)
        self.fell_behind = Counter(
            "onemap_live_fell_behind", "Clients that were moved to a fresh snapshot", registry=registry
        )
        self.encode_s = Histogram(
            "onemap_live_encode_seconds",
            "Telling one frame: encoding and handing it to all clients",
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
            registry=registry,
        )
        self.requests = Counter(
            "onemap_http_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self.request_s = Histogram(
            "onemap_http_request_seconds",
            "From the request to the end of the answer",
            ["route"],
            buckets=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
            registry=registry,
        )

    def text(self) -> bytes:
        """In the text format, version 0.0.4."""
        return generate_latest(self._registry)


class Reported(Collector):
    """What the other services say, as the follower has it in hand: a scrape costs the database nothing."""

    def __init__(self, hub: Hub, follower: Follower, clock: Clock) -> None:
        self._hub, self._follower, self._clock = hub, follower, clock

    def collect(self) -> Iterator[Metric]:
        """As of now."""
        follower = self._follower
        return families(self._hub.known, follower.heard, follower.counted, self._clock.now(), datetime.now(UTC))
