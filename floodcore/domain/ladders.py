"""Default thresholds by kind of place. They are starting values: a city sets its own, with validity dates, as data."""

from datetime import datetime

from floodcore.domain.levels import Level, Threshold

# Depth over the road in metres. 15 cm: design limit for one lane (GB 50014, GB 51222); 27 cm: Beijing closes an
# underpass; 40 cm: everything stops and power-off is confirmed; 50 cm: no vehicle passes, people are fetched.
ROAD_DEPTH_M = {Level.BLUE: 0.15, Level.YELLOW: 0.27, Level.ORANGE: 0.40, Level.RED: 0.50}
ROAD_SOURCE = "default ladder for roads: GB 50014 / GB 51222 (15 cm), Beijing practice (27 cm), 40 cm, 50 cm"
HYSTERESIS_M = 0.02  # twice the 1 cm step of common ultrasonic gauges


def road_ladder(valid_from: datetime) -> tuple[Threshold, ...]:
    """The default ladder for depth over a road, from a moment on."""
    return tuple(
        Threshold(level=level, depth_m=depth, hysteresis_m=HYSTERESIS_M, valid_from=valid_from, source=ROAD_SOURCE)
        for level, depth in ROAD_DEPTH_M.items()
    )
