"""`python -m simulators.citizens --api URL --accounts FILE --world URL --world-token FILE`: citizens who call 12345.

Constructed citizens call about the water of the simulated world, and the desk takes their calls down. FILE is JSON,
[{"user", "password"}], readable by its owner alone; the first account is the desk's (hotline).
"""

import asyncio
import heapq
import logging
import sys
from argparse import Namespace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from floodcore.service import run
from floodcore.settings import Settings
from simulators.people.citizen import Call, calls
from simulators.people.command import parser_of, watch
from simulators.people.places import Known
from simulators.people.reporter import Reporter
from simulators.people.world_door import Seen

log = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)
MOST_MINUTES = 10  # between two looks; of what was seen before, nobody calls any more
MOST_CALLERS = 5000  # who have seen water and will call; beyond it the latest do not


class Citizens:
    """All citizens: who has seen water, and will call when."""

    def __init__(self, reporter: Reporter, seed: int) -> None:
        self._reporter, self._seed = reporter, seed
        self._will_call: list[tuple[datetime, str, Call]] = []
        self._minute: datetime | None = None

    def look(self, seen: Seen, known: dict[str, Known], now: datetime) -> None:
        """In every minute since the last look somebody may have seen this water; who has waited enough calls."""
        for minute in self._minutes(now):
            for site_id in sorted(known.keys() & seen.road_m.keys()):
                site, depth_m = known[site_id], seen.road_m[site_id]
                for call in calls(site_id, site.name, site.place, depth_m, minute, self._seed):
                    self._remember(call)
        while self._will_call and self._will_call[0][0] <= now:
            _, call_id, call = heapq.heappop(self._will_call)
            self._reporter.say(f"call-{call_id}", report(call))

    def _minutes(self, now: datetime) -> list[datetime]:
        last = now.replace(second=0, microsecond=0)
        first = last if self._minute is None else max(self._minute + MINUTE, last - (MOST_MINUTES - 1) * MINUTE)
        self._minute = last
        return [first + number * MINUTE for number in range((last - first) // MINUTE + 1)]

    def _remember(self, call: Call) -> None:
        if len(self._will_call) < MOST_CALLERS:
            heapq.heappush(self._will_call, (call.at, call.call_id, call))


def report(call: Call) -> dict[str, Any]:
    """A call as the API takes it: nobody has told the desk which site it is."""
    return {
        "reported_at": call.at.isoformat(),
        "lon": call.place.lon,
        "lat": call.place.lat,
        "text": call.text,
        "depth_m": call.depth_m,
        "source": "hotline",
    }


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Look until asked to stop."""
    await watch(given, settings, stopping, Citizens, MINUTE)


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    return parser_of("simulators.citizens", __doc__.partition("\n")[0], needs_world=True).parse_args(words)


if __name__ == "__main__":
    run("citizens", partial(main, arguments(sys.argv[1:])))
