"""One value on its way to the room, and the truth beside it."""

from datetime import datetime

from msgspec import Struct

from floodcore.domain.reading import Quantity


class Sent(Struct, frozen=True, kw_only=True):
    """One record that a device sends; the room learns `observed_at`, `quantity` and `value`.

    Attributes:
        due: When the device sends it, UTC.
        observed_at: When it was measured, by the device's own clock, UTC as far as that knows.
        true_at: When it was measured in truth, UTC.
        value: In the quantity's stored unit.
        true_value: What a device without fault would say at `true_at`; not rounded.
        faults: Bits of `Fault`.
    """

    device_id: str
    due: datetime
    observed_at: datetime
    true_at: datetime
    quantity: Quantity
    value: float
    true_value: float
    faults: int = 0
