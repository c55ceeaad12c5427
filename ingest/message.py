"""A message as it came from the broker."""

from datetime import datetime

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True):
    """One delivery, not yet acknowledged.

    Attributes:
        topic: Where a device published it.
        payload: What it published.
        content_type: As MQTT 5 carries it; None in MQTT 3.1.1.
        received_at: The room's time of arrival here; what it says is known to the room only once it is stored.
        qos: 0 or 1: what the broker expects of us.
        mid: The broker's number for this delivery, good within one connection and no identity.
        connection: Which of our connections it came by.
        again: Whether the broker says that it has sent this delivery before.
        waited: Whether it may have waited for us with the broker: we had only just connected.
    """

    topic: str
    payload: bytes
    content_type: str | None
    received_at: datetime
    qos: int = 1
    mid: int = 0
    connection: int = 0
    again: bool = False
    waited: bool = False
