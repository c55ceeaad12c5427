"""What a device is asked for on its command topic: a SenML pack of one record, or nothing at all."""

import msgspec

LEAST_S, MOST_S = 10, 86_400  # faster than any gauge measures; slower than once a day nobody would miss it
NOTHING = b""  # an empty retained message: the broker forgets the one before


def interval(interval_s: int) -> bytes:
    """How often the device is to report, seconds."""
    return msgspec.json.encode([{"n": "interval", "u": "s", "v": interval_s}])
