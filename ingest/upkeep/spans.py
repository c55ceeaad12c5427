"""How much is done in a turn, and what of it is judged together. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from floodcore.domain.upkeep import Span

# Sensors in a turn, about a second of them; what has come meanwhile goes first in the next one.
SENSORS = 500
# Time of all sensors together in a turn, an hour of each: however much is noted, neither our memory nor the patience of
# others has to hold more.
TIME = SENSORS * timedelta(hours=1)
# Of one sensor in a turn: 1,440 readings at one a minute, and as much of every gauge around that was wet then.
LONGEST = timedelta(days=1)
# What ends within so much is judged together: between two such spans lies less than that, so one span over both
# (`floodcore.domain.upkeep.united`) asks for hardly more than they do.
NEAR = timedelta(hours=1)
# What is new and, while that leaves time, one stretch of what is old: else nothing old would ever be done in a room in
# which something new comes every second.
STRETCHES = 2


def cut(spans: Iterable[Span], sensors: int = SENSORS) -> tuple[list[list[Span]], list[Span]]:
    """What is done now, stretch by stretch, and what is left; together they are the spans.

    Args:
        spans: The newest first, by their ends. Of a long one the newest part is done first.
        sensors: Of how many sensors at most.

    Returns:
        Stretches of time, the newest first, in each at most one span a sensor; and the rest.
    """
    stretches = _stretches(spans)
    now, later = [], [span for stretch in stretches[STRETCHES:] for span in stretch]
    left = TIME
    for stretch in stretches[:STRETCHES]:
        taken: dict[int, Span] = {}
        for span in stretch:
            begins = max(span.earliest, span.latest - LONGEST)
            if span.sensor_id in taken or not sensors or span.latest - begins > left:
                later.append(span)
                continue
            taken[span.sensor_id] = replace(span, earliest=begins)
            sensors, left = sensors - 1, left - (span.latest - begins)
            if begins > span.earliest:
                later.append(replace(span, latest=begins))
        if taken:
            now.append(list(taken.values()))
    return now, later


def _stretches(spans: Iterable[Span]) -> list[list[Span]]:
    found: list[list[Span]] = []
    for span in spans:
        if found and found[-1][0].latest - span.latest <= NEAR:
            found[-1].append(span)
        else:
            found.append([span])
    return found
