"""The broker's topics."""

import re

ROOT = "onemap/v1"
TELEMETRY = f"{ROOT}/devices/+/telemetry"
STATUS = f"{ROOT}/devices/+/status"
LIVE = f"{ROOT}/live/+"

DEVICE_TOPIC = re.compile(rf"{ROOT}/devices/(?P<device>[A-Za-z0-9_-]{{1,64}})/(?P<what>telemetry|status|command)")


def telemetry(device_id: str) -> str:
    """Where a device publishes its readings."""
    return f"{ROOT}/devices/{device_id}/telemetry"


def status(device_id: str) -> str:
    """Where a device says online or offline: retained, and its last will."""
    return f"{ROOT}/devices/{device_id}/status"


def command(device_id: str) -> str:
    """Where the room leaves what it asks of a device: retained."""
    return f"{ROOT}/devices/{device_id}/command"


def device_of(topic: str) -> str | None:
    """The device a topic belongs to, or None where it is no device's topic."""
    match = DEVICE_TOPIC.fullmatch(topic)
    return match["device"] if match else None


def live(kind: str) -> str:
    """Where services announce what they have committed."""
    return f"{ROOT}/live/{kind}"
