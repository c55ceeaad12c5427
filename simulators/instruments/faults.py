"""What went wrong with a reading, for whoever scores quality control by it."""

from enum import IntFlag, auto


class Fault(IntFlag):
    """Bits of `Sent.faults`; none of them is told to the room."""

    BLIP = auto()  # a single high value
    PULSE = auto()  # one of a chain of high values: traffic, branches in the wind
    BOX = auto()  # something lies or stands under the head
    STUCK = auto()  # the value of some time ago; of a rain gauge, its funnel is blocked
    DRIFT = auto()  # by a centimetre or more
    NEAR = auto()  # the water stands nearer than an ultrasonic head can see
    CLOCK = auto()  # its time is off by the device's clock
    ZONE = auto()  # its time is off by the hours of the time zone
    RESET = auto()  # a rain counter began anew with this reading
    LATE = auto()  # it was overtaken by later ones
    STORED = auto()  # kept through an outage and sent after it
    DUPLICATE = auto()  # sent before


def names(faults: int) -> str:
    """The faults of a reading as text, such as "blip,late"; empty where there is none."""
    return ",".join((one.name or "").lower() for one in Fault if one & faults)
