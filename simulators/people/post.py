"""Vanguard posts (先锋岗): people who stand at a place and tell how deep the water is, by eye."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.chance import chance

SHARE = 0.3  # of the places have a post; guessed
DRY_EVERY, WET_EVERY = timedelta(minutes=15), timedelta(minutes=5)  # between two looks; guessed
TELLS_FROM_M = 0.05  # the first step of the ladder; below it a wet road is a wet road
STEP_M = 0.05  # people tell depth in steps of five centimetres
# How far an eye is off, as a share of the depth and on top of it in m, both standard deviations; guessed.
OFF_SHARE, OFF_M = 0.15, 0.03


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post at a place.

    Attributes:
        next_look: When it looks again.
        told_m: What it told last.
    """

    site_id: str
    next_look: datetime
    told_m: float = 0.0


def manned(site_ids: Iterable[str], seed: int, since: datetime, share: float = SHARE) -> list[Post]:
    """The posts among these places; their first looks are spread over the time between two."""
    posts = []
    for site_id in sorted(site_ids):
        draw = chance(seed, "post", site_id)
        if draw.random() < share:
            posts.append(Post(site_id=site_id, next_look=since + DRY_EVERY * draw.random()))
    return posts


def by_eye(depth_m: float, seed: int, site_id: str, at: datetime) -> float:
    """What somebody says who looks at water of this depth, m: never below zero, in steps of five centimetres."""
    if depth_m <= 0:
        return 0.0
    draw = chance(seed, "eye", site_id, at.isoformat())
    said = depth_m * (1.0 + OFF_SHARE * draw.standard_normal()) + OFF_M * draw.standard_normal()
    return round(max(0, round(said / STEP_M)) * STEP_M, 2)


def look(post: Post, depth_m: float, now: datetime, seed: int) -> tuple[Post, float | None]:
    """A post looks, if it is time: the post after it, and what it tells; None where there is nothing to tell.

    It tells water while there is some, and once that there is none any more.
    """
    if now < post.next_look:
        return post, None
    said = by_eye(depth_m, seed, post.site_id, now)
    tells = said >= TELLS_FROM_M or post.told_m >= TELLS_FROM_M
    every = WET_EVERY if said >= TELLS_FROM_M else DRY_EVERY
    missed = (now - post.next_look) // every  # where its clock was stopped or runs very fast
    after = Post(
        site_id=post.site_id,
        next_look=post.next_look + every * (missed + 1),
        told_m=said if tells else post.told_m,
    )
    return after, said if tells else None
