"""One observation of one sensor, and a message that could not become one."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct


class Quantity(StrEnum):
    """What is measured; each has one unit in the store, see UNITS."""

    LEVEL = "level"
    DISTANCE = "distance"
    RAIN = "rain"
    RAIN_TOTAL = "rain_total"
    FLOW = "flow"
    PUMP = "pump"
    TIDE = "tide"
    BATTERY = "battery"
    RSSI = "rssi"

    __hash__ = str.__hash__  # Enum's own is written in Python, and every reading is looked up by its quantity


UNITS: dict[Quantity, str] = {
    Quantity.LEVEL: "m",  # over the sensor's datum; for a road gauge the depth over the road
    Quantity.DISTANCE: "m",  # from an ultrasonic head down to the water
    Quantity.RAIN: "mm",  # since the previous record
    Quantity.RAIN_TOTAL: "mm",  # a counter
    Quantity.FLOW: "m3/s",
    Quantity.PUMP: "m3/h",  # or 0 and 1
    Quantity.TIDE: "m",
    Quantity.BATTERY: "V",
    Quantity.RSSI: "dBW",
}

# What a device says about itself and not about its site; nobody has to enter these into the register.
SELF_REPORTS = frozenset({Quantity.BATTERY, Quantity.RSSI})


class Quality(IntEnum):
    """How far a value may be trusted. Nothing is deleted for its quality."""

    UNCHECKED = 0
    GOOD = 1
    SUSPECT = 2
    BAD = 3


class Reading(Struct, frozen=True, kw_only=True):  # a tenth of a dataclass's price: a storm brings millions
    """One value of one device's quantity at one moment. Device, quantity and `observed_at` are its identity.

    Attributes:
        device_id: `[A-Za-z0-9_-]{1,64}`.
        quantity: What was measured; its unit is UNITS[quantity].
        observed_at: When it was so, aware, UTC.
        value: Finite, in the quantity's unit; whether a gauge can show it is asked at the edges, see ranges.
        received_at: When the room first knew it: set in the transaction that stores it, or told by an event pack. On
            the way to the store it is the time of arrival.
        source_quality: The source's own word about the value, kept as it came.
        flags: What was remarkable on arrival, bits of `quality.Flag`.
    """

    device_id: str
    quantity: Quantity
    observed_at: datetime
    value: float
    received_at: datetime
    source_quality: str | None = None
    flags: int = 0

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a reading's value is a number, not {self.value}")
        if self.observed_at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("a reading's times carry their offset")


class Reason(StrEnum):
    """Why a message is in quarantine."""

    UNREADABLE = "unreadable"  # neither JSON nor CBOR, or no SenML
    BAD_RECORD = "bad_record"  # SenML, but against RFC 8428 or what a gauge can show (ranges), error codes included
    UNKNOWN_QUANTITY = "unknown_quantity"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_DEVICE = "unknown_device"  # not in the register; kept whole, so that it can be replayed once it is
    BAD_TIME = "bad_time"  # too far in the future, or no time at all
    TOO_OLD = "too_old"  # older than what the room keeps open
    BAD_TOPIC = "bad_topic"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A message that could not be read: kept whole, counted, listed, replayable.

    `records` is how many readings it claimed to hold, as far as one can tell; at least 1.
    """

    topic: str
    payload: bytes
    content_type: str | None
    reason: Reason
    detail: str
    received_at: datetime
    records: int = 1
