"""What a report can tell, by SL 651-2014's table C.1, and which of it the room has a place for."""

from datetime import timedelta

from floodcore.domain.reading import Quantity

STATION, OBSERVED, MANUAL, PICTURE, BULK = 0xF1, 0xF0, 0xF2, 0xF3, 0xFD  # leaders that are no element
STEP = 0x04  # how far apart the values of a uniform report are
OWN = 0xFF  # a leader of two bytes follows: what a maker has agreed with its customer

# Rain is the amount of five minutes, which F4 tells for an hour and 22 alone; the sums over other spans (1A to 1F, 21,
# 23 to 25) would count it twice. 20 is no amount: it counts from eight in the morning, as 26 does from New Year, and
# two counters in one place would each look like a reset of the other.
QUANTITIES: dict[int, Quantity] = {
    0x22: Quantity.RAIN,
    0x26: Quantity.RAIN_TOTAL,
    0x27: Quantity.FLOW,
    0x38: Quantity.BATTERY,
    0x39: Quantity.LEVEL,
    0xF4: Quantity.RAIN,
    0xF5: Quantity.LEVEL,
}
TIDE_STATION = 0x54  # its class; its level is the tide's
FIVE_MINUTES = timedelta(minutes=5)
SPAN = {0x22: FIVE_MINUTES, 0xF4: FIVE_MINUTES}  # a uniform report of sums over another span is no such rain

# An hour in twelve groups of whole numbers: bytes of a group, and digits behind the point. Their length is theirs by
# the standard; what the definition byte says differs between published frames (F5C0, F55C).
GROUPS = 12
HOURLY: dict[int, tuple[int, int]] = {0xF4: (1, 1), **dict.fromkeys(range(0xF5, 0xFD), (2, 2))}

# In table C.1, and nothing the room has a place for: temperatures, soil, water quality, wind, mains, status bits (45),
# pictures, a station's second gauges.
PASSED_OVER = (frozenset(range(0x01, 0x76)) | frozenset(range(0xF3, 0xFE))) - QUANTITIES.keys() - {STEP}
