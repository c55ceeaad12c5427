"""News first: what a device saw just now goes ahead of what it has saved up."""

from collections.abc import Iterable
from datetime import timedelta

from ingest.decode import Decoded

# What is older is no news: twice the cadence of a gauge in the rain. And as long as a message may be on its way to us
# in real seconds, which at 60 times the pace are minutes of the room.
NEWS_FOR = timedelta(minutes=2)
ON_ITS_WAY_S = 5.0


def is_news(decoded: Decoded, on_its_way: timedelta) -> bool:
    """Whether a message says something of just now, or nothing of any time: a status, or what cannot be read.

    A pack is as new as its newest record: gauges send the last hour with every message.

    Args:
        decoded: The message.
        on_its_way: How much of the room's time has passed in the last ON_ITS_WAY_S.
    """
    if not decoded.readings:
        return True
    newest = max([reading.observed_at for reading in decoded.readings])
    return decoded.message.received_at - newest <= NEWS_FOR + on_its_way


def apart(messages: Iterable[Decoded], on_its_way: timedelta) -> tuple[list[Decoded], list[Decoded]]:
    """News, and the rest, each in the order of its arrival."""
    news: list[Decoded] = []
    rest: list[Decoded] = []
    for one in messages:
        (news if is_news(one, on_its_way) else rest).append(one)
    return news, rest
