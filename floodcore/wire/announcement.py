"""A hint after a commit: something of this kind has changed. Who misses one finds the truth in the database."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from floodcore.wire import topics

MOST_IDS = 1000  # above that a receiver reads all of the kind anyway


class Kind(StrEnum):
    """What has changed."""

    READINGS = "readings"
    SITES = "sites"
    FORECASTS = "forecasts"
    INCIDENTS = "incidents"
    ORDERS = "orders"
    TEAMS = "teams"
    HEALTH = "health"


class Announcement(msgspec.Struct, frozen=True):
    """Ids of what changed; an empty list means that anything of the kind may have."""

    kind: Kind
    ids: tuple[str, ...] = ()


def encode(kind: Kind, ids: Sequence[str] = ()) -> tuple[str, bytes]:
    """Topic and payload of an announcement."""
    named = tuple(ids) if len(ids) <= MOST_IDS else ()
    return topics.live(kind), msgspec.json.encode(Announcement(kind=kind, ids=named))


def decode(payload: bytes) -> Announcement | None:
    """The announcement, or None where it is none of ours: a newer release may say more than we understand."""
    try:
        return msgspec.json.decode(payload, type=Announcement)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
