"""What Prometheus is told."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The figures of one service; routes are named by their template, so that no id becomes a label."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
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
