"""Which Debian mirror this machine already uses, read from apt's source lists in both of their formats."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

DEBIAN_RELEASES = frozenset(
    {"bullseye", "bookworm", "trixie", "forky", "oldoldstable", "oldstable", "stable", "testing", "unstable", "sid"}
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One entry of apt's sources, as far as choosing a mirror needs it.

    `signed_by` is a keyring's path, or a whole key in armour, or empty where apt's default keys apply.
    """

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""
    trusted: bool = False


def parse_one_line(text: str) -> list[Source]:
    """The `sources.list` format: `deb [option=value ...] uri suite component...`; other lines are passed over."""
    return [source for line in text.splitlines() if (source := _parse_line(line.partition("#")[0].strip()))]


def _parse_line(line: str) -> Source | None:
    match = re.fullmatch(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>.*)", line)
    if not match:
        return None
    options = dict(option.split("=", 1) for option in shlex.split(match["options"] or "") if "=" in option)
    return Source(
        uris=(match["uri"],),
        suites=(match["suite"],),
        components=tuple(match["components"].split()),
        signed_by=options.get("signed-by", ""),
        trusted=options.get("trusted") == "yes",
    )


def parse_deb822(text: str) -> list[Source]:
    """The `.sources` format: stanzas of `Field: value`, where a line that starts with a blank goes on."""
    return [source for stanza in re.split(r"\n\s*\n", text) if (source := _parse_stanza(stanza))]


def _parse_stanza(stanza: str) -> Source | None:
    fields = dict(_fields(stanza))
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in {"no", "false"}:
        return None
    return Source(
        uris=tuple(fields.get("uris", "").split()),
        suites=tuple(fields.get("suites", "").split()),
        components=tuple(fields.get("components", "").split()),
        signed_by=fields.get("signed-by", ""),
        trusted=fields.get("trusted", "no").lower() == "yes",
    )


def _fields(stanza: str) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            value += "\n" + line.strip()
            continue
        yield name, value.strip()
        name, _, value = line.partition(":")
        name = name.strip().lower()
    yield name, value.strip()


def debian_mirror(sources: Iterable[Source]) -> Source | None:
    """The first entry that serves a Debian release itself, so neither its security archive nor a cdrom."""
    for source in sources:
        uris = tuple(uri for uri in source.uris if not uri.startswith("cdrom:"))
        if uris and "main" in source.components and DEBIAN_RELEASES.intersection(source.suites):
            return replace(source, uris=uris)
    return None
