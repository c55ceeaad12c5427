"""Channels: apprise URLs, and which of them may be used. A URL carries tokens, so a channel never shows it. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from floodcore.errors import SettingsError

# Only here is the URL's host the place the message goes to; with mailto://, say, `?smtp=` may name another.
SENDS_TO_ITS_HOST = frozenset({"json", "jsons", "form", "forms", "xml", "xmls"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


TEAM_URLS = "ONEMAP_ALERTS__TEAM_URLS"


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


def channels_of(room: str, team: str) -> list[Channel]:
    """All channels for an order, each once: the room's, then the team's own; both are URLs separated by blanks."""
    return [Channel(url) for url in dict.fromkeys([*room.split(), *team.split()])]


def by_team(text: str) -> Mapping[str, str]:
    """The teams' own channels by team id, as the setting gives them; empty text is no team's.

    Raises:
        SettingsError: It is something else than JSON from team ids to URLs; the sentence never shows the value.
    """
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(urls, str) for urls in given.values()):
        shape = '{"team id": "URLs separated by blanks", ...}'
        raise SettingsError(f"{TEAM_URLS} cannot be used: it should be JSON like {shape}; correct it and start again.")
    return given


def allowed(channels: Iterable[Channel], *, only_here: bool) -> tuple[list[Channel], int]:
    """The channels that may be used, and how many may not because this is a drill or a replay."""
    given = list(channels)
    used = [channel for channel in given if channel.stays_here or not only_here]
    return used, len(given) - len(used)
