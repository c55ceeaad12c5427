"""Small models whose water can be worked out by hand, and where the published ones lie."""

from collections.abc import Mapping
from pathlib import Path

PUBLISHED = Path(__file__).parents[1] / "data" / "swmm"

# A bowl of 1,000 m2 and 5 m, 2 m full; its pump (0.2 m3/s) stands still below 10 cm. A manhole drains into a river.
BOWL = """[OPTIONS]
FLOW_UNITS CMS
FLOW_ROUTING DYNWAVE
START_DATE 01/01/2020
END_DATE 01/02/2020
ROUTING_STEP 5
[RAINGAGES]
SKY INTENSITY 0:05 1.0 TIMESERIES RAIN
[SUBCATCHMENTS]
ROOF SKY MANHOLE 1 100 100 1 0
[SUBAREAS]
ROOF 0.013 0.1 0 0 100 OUTLET
[INFILTRATION]
ROOF 75 10 4 7 0
[JUNCTIONS]
MANHOLE 4 3 0 0 0
[OUTFALLS]
SEWER 0 FREE NO
RIVER 3 FIXED 3 NO
[STORAGE]
BOWL 0 5 2 FUNCTIONAL 0 0 1000 0 0
[CONDUITS]
PIPE MANHOLE RIVER 100 0.013 0 0
[PUMPS]
PUMP BOWL SEWER RATE OFF {on} {off}
[XSECTIONS]
PIPE CIRCULAR 1 0 0 0 1
[CURVES]
RATE PUMP4 0 0.2
RATE 10 0.2
[TIMESERIES]
RAIN 0:00 36
RAIN 1:00 0
"""


def bowl(changes: Mapping[str, str] | None = None, *, on: float = 0, off: float = 0) -> str:
    """The bowl, with some of its words changed; its pump starts at `on` m and stops at `off` m where these are set."""
    text = BOWL.format(on=on, off=off)
    for old, new in (changes or {}).items():
        assert old in text, f"no {old} in the bowl"
        text = text.replace(old, new)
    return text
