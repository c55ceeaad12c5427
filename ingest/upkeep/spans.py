"""How much is done in a turn. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from floodcore.domain.upkeep import Span

# Sensors in a turn, about a second of them; what has come meanwhile goes first in the next one.
SENSORS = 500
# Of one sensor in a turn: 10,080 readings at one a minute. A correction of a whole year, or an imported one, is done in
# pieces: neither our memory nor the others' patience has to hold all of it.
LONGEST = timedelta(days=7)


def cut(spans: Iterable[Span], sensors: int = SENSORS) -> tuple[list[Span], list[Span]]:
    """What is done now, at most one span a sensor, and what is left; together they are the spans.

    Args:
        spans: The most urgent first. Of a long one the newest part is done first.
        sensors: Of how many sensors at most.
    """
    now: dict[int, Span] = {}
    later = []
    for span in spans:
        if span.sensor_id in now or len(now) == sensors:
            later.append(span)
            continue
        begins = max(span.earliest, span.latest - LONGEST)
        now[span.sensor_id] = replace(span, earliest=begins)
        if begins > span.earliest:
            later.append(replace(span, latest=begins))
    return list(now.values()), later
