"""`python -m simulators.posts --api URL --accounts FILE --world URL --world-token FILE`: posts that tell what they see.

Constructed posts at some of the watched places; what they see is the water of the simulated world. FILE is JSON,
[{"user", "password"}], readable by its owner alone; the first account is the desk's that takes them down (hotline).
"""

import asyncio
import logging
import sys
from argparse import Namespace
from datetime import datetime, timedelta
from functools import partial

from floodcore.domain.site import Place
from floodcore.service import run
from floodcore.settings import Settings
from simulators.people.command import parser_of, watch
from simulators.people.places import Known
from simulators.people.post import Post, look, manned
from simulators.people.reporter import Reporter
from simulators.people.world_door import Seen

log = logging.getLogger(__name__)
LOOK_EVERY = timedelta(minutes=1)


class Posts:
    """All posts: who stands where, and what each told last."""

    def __init__(self, reporter: Reporter, seed: int) -> None:
        self._reporter, self._seed = reporter, seed
        self._posts: list[Post] = []

    def look(self, seen: Seen, known: dict[str, Known], now: datetime) -> None:
        """Every post looks whose time has come, and says what is to be told."""
        if not self._posts:
            self._posts = manned(known.keys() & seen.road_m.keys(), self._seed, now)
        for number, post in enumerate(self._posts):
            self._posts[number], said = look(post, seen.road_m.get(post.site_id, 0.0), now, self._seed)
            if said is not None:
                key = f"post-{post.site_id}-{now:%Y%m%dT%H%M%S}"
                self._reporter.say(key, report(post.site_id, known[post.site_id].place, said, now))


def report(site_id: str, place: Place, said_m: float, now: datetime) -> dict[str, object]:
    """What a post tells, as the API takes it."""
    water = f"目测积水约{said_m * 100:.0f}厘米" if said_m else "路面积水已退"
    return {
        "reported_at": now.isoformat(),
        "lon": place.lon,
        "lat": place.lat,
        "text": f"【模拟岗位】{water}。",
        "depth_m": said_m,
        "site_id": site_id,
        "source": "post",
    }


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Look until asked to stop."""
    await watch(given, settings, stopping, Posts, LOOK_EVERY)


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    return parser_of("simulators.posts", __doc__.partition("\n")[0], needs_world=True).parse_args(words)


if __name__ == "__main__":
    run("posts", partial(main, arguments(sys.argv[1:])))
