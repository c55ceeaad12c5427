"""Channels: apprise URLs, and which of them may be used. A URL carries tokens, so a channel never shows it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

# Only here is the URL's host the place the message goes to; with mailto://, say, `?smtp=` may name another.
SENDS_TO_ITS_HOST = frozenset({"json", "jsons", "form", "forms", "xml", "xmls"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Channel:
    """One way to reach people."""

    url: str = field(repr=False)

    @property
    def digest(self) -> str:
        """Tells channels apart without saying what they are."""
        return sha256(self.url.encode()).hexdigest()[:32]

    @property
    def stays_here(self) -> bool:
        """Whether what is sent through it does not leave this machine."""
        try:
            parts = urlsplit(self.url)
            return parts.scheme.lower() in SENDS_TO_ITS_HOST and parts.hostname in LOOPBACK
        except ValueError:  # a host that is none; apprise will not like it either
            return False


def channels_of(room: str, team: Iterable[str]) -> list[Channel]:
    """All channels for an order, each once: the room's, URLs separated by blanks, then the team's own."""
    return [Channel(url) for url in dict.fromkeys([*room.split(), *team])]


def allowed(channels: Iterable[Channel], *, only_here: bool) -> tuple[list[Channel], int]:
    """The channels that may be used, and how many may not because this is a drill or a replay."""
    given = list(channels)
    used = [channel for channel in given if channel.stays_here or not only_here]
    return used, len(given) - len(used)
