"""Which devices are there: what each said about itself, and when each of its quantities was heard last."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from dashboard_api.live.objects import Link, Reading
from floodcore.domain.reading import Quantity

Presence = Literal["online", "offline", "stale", "unknown", "maintenance"]
# The first that any of its sensors has is the device's: one that sends anything is there.
BEST_FIRST: tuple[Link, ...] = ("online", "stale", "offline", "unknown")


class QuantityHeard(Struct, frozen=True, kw_only=True):
    """One quantity of a device.

    `delay_s` is how long its newest reading took to the room: an hour or more in every message means a clock that is
    behind, or a line that is blocked.
    """

    sensor_id: str
    site_id: str
    quantity: str
    link: Link
    observed_at: datetime | None = None
    received_at: datetime | None = None
    delay_s: float | None = None


class Device(Struct, frozen=True, kw_only=True):
    """A device as it is now: `status` is its own word or its last will's, `presence` what the room makes of it all.

    `battery_v` and `signal_dbw` are None where it does not report them. `asked_interval_s` is how often it was last
    asked to report, None where it was not; whether it does so, its readings tell.
    """

    presence: Presence
    status: Literal["unknown", "online", "offline"]
    status_at: datetime | None
    maintained_until: datetime | None
    last_seen: datetime | None
    battery_v: float | None
    signal_dbw: float | None
    asked_interval_s: int | None
    asked_at: datetime | None
    quantities: tuple[QuantityHeard, ...]


def device_of(
    row: Mapping[str, Any], sensors: Iterable[tuple[str, str, str]], readings: Mapping[str, Reading]
) -> Device:
    """A device.

    Args:
        row: `status`, `status_at`, `maintained_until`, `asked_interval_s` and `asked_at`, as the memory has them.
        sensors: Number, site and quantity of each of its sensors.
        readings: The newest of all sensors, by number.
    """
    heard = tuple(_heard(*sensor, readings.get(sensor[0])) for sensor in sensors)
    own = {one.quantity: readings[one.sensor_id].value for one in heard if one.sensor_id in readings}
    return Device(
        presence="maintenance" if row["maintained_until"] else _best(heard),
        status=row["status"],
        status_at=row["status_at"],
        maintained_until=row["maintained_until"],
        last_seen=max((one.received_at for one in heard if one.received_at), default=None),
        battery_v=own.get(Quantity.BATTERY),
        signal_dbw=own.get(Quantity.RSSI),
        asked_interval_s=row["asked_interval_s"],
        asked_at=row["asked_at"],
        quantities=heard,
    )


def _heard(sensor_id: str, site_id: str, quantity: str, reading: Reading | None) -> QuantityHeard:
    if reading is None:
        return QuantityHeard(sensor_id=sensor_id, site_id=site_id, quantity=quantity, link="unknown")
    return QuantityHeard(
        sensor_id=sensor_id,
        site_id=site_id,
        quantity=quantity,
        link=reading.link,
        observed_at=reading.observed_at,
        received_at=reading.received_at,
        delay_s=(reading.received_at - reading.observed_at).total_seconds(),
    )


def _best(heard: Iterable[QuantityHeard]) -> Link:
    links = {one.link for one in heard}
    return next((link for link in BEST_FIRST if link in links), "unknown")
