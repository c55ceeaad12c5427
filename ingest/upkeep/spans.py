"""How much is done at once. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from floodcore.domain.upkeep import Span

# Of one span in one turn: 10,080 readings at one a minute. A correction of a whole year, or an imported one, is done in
# pieces: neither our memory nor the others' patience has to hold all of it.
MOST = timedelta(days=7)


def cut(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """What is done now, the newest of each span, and what is left of those that are longer than MOST."""
    now, later = [], []
    for span in spans:
        begins = span.latest - MOST
        if span.earliest < begins:
            now.append(replace(span, earliest=begins))
            later.append(replace(span, latest=begins))
        else:
            now.append(span)
    return now, later
