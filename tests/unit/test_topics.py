"""Whose topic it is."""

import pytest

from floodcore.wire.topics import device_of, status, telemetry


def test_a_device_is_found_in_its_own_topics() -> None:
    assert device_of(telemetry("gauge-A")) == "gauge-A"
    assert device_of(status("gauge-A")) == "gauge-A"


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("onemap/v1/devices//telemetry", id="no name"),
        pytest.param("onemap/v1/devices/a/b/telemetry", id="two levels"),
        pytest.param("onemap/v1/devices/gauge A/telemetry", id="blank in the name"),
        pytest.param(f"onemap/v1/devices/{'a' * 65}/telemetry", id="name too long"),
        pytest.param("onemap/v1/devices/gauge-A/telemetry/x", id="something after"),
        pytest.param("onemap/v1/devices/gauge-A/telemetry\n", id="line end"),
        pytest.param("onemap/v2/devices/gauge-A/telemetry", id="another version"),
        pytest.param("onemap/v1/live/readings", id="no device's topic"),
    ],
)
def test_anything_else_is_no_devices_topic(topic: str) -> None:
    assert device_of(topic) is None
