"""datapackage.json: what a pack says about itself, as a Frictionless Data Package does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from floodcore.errors import Refused
from floodcore.packs import identity

FILE = "datapackage.json"
MOST_BYTES = 16 << 20
RESOURCES = {"stations": ("stations.csv",), "observations": ("observations.csv.gz", "observations.csv")}


@dataclass(frozen=True, kw_only=True)
class Storm:
    """One storm of a pack; both ends belong to it."""

    storm_id: str
    title: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a pack says about itself.

    Attributes:
        pack_id: Its `name`, as the register can hold it.
        timezone: An IANA name; UTC where the pack names none that is known.
        licences, sources: As they stand in the file.
        storms: In the file's order; those that could be read.
        paths: Where `stations` and `observations` lie, relative to the pack's folder.
    """

    pack_id: str
    title: str
    timezone: str
    licences: tuple[Mapping[str, Any], ...]
    sources: tuple[Mapping[str, Any], ...]
    storms: tuple[Storm, ...]
    paths: Mapping[str, str]


def read_description(folder: Path, notes: list[str]) -> Description:
    """Read a pack's description; what can be done without is left out, with a note.

    Raises:
        Refused: It is missing or no JSON object, or names no file of stations or observations.
    """
    raw = _object(folder / FILE)
    pack_id = identity.site_id(str(raw.get("name") or folder.resolve().name))
    return Description(
        pack_id=pack_id,
        title=str(raw.get("title") or pack_id),
        timezone=_timezone(raw.get("timezone"), notes),
        licences=_objects(raw.get("licenses") or raw.get("licences")),
        sources=_objects(raw.get("sources")),
        storms=tuple(_storms(raw.get("storms"), notes)),
        paths={name: _path(folder, name, _objects(raw.get("resources"))) for name in RESOURCES},
    )


def _object(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        raise Refused(f"There is no {FILE} in {file.parent}; name the folder of an event pack.")
    if file.stat().st_size > MOST_BYTES:
        raise Refused(f"{FILE} has more than {MOST_BYTES:,} bytes; it describes the pack, the data are CSV beside it.")
    text = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if b"\\u0000" in text:
        raise Refused(f"{FILE} holds the character U+0000, which no database keeps; take it out.")
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Refused(f"{FILE} is not a JSON object ({error}); correct it.") from error


def _objects(value: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def _timezone(name: object, notes: list[str]) -> str:
    try:
        return ZoneInfo(str(name or "UTC")).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        notes.append(f"{FILE}: the time zone {name!r} is not known; the pack is shown in UTC.")
        return "UTC"


def _storms(value: object, notes: list[str]) -> Iterator[Storm]:
    for number, entry in enumerate(_objects(value), start=1):
        start, end = _moment(entry.get("start")), _moment(entry.get("end"))
        if start is None or end is None or end < start:
            notes.append(f"{FILE}: storm {entry.get('id', number)} has no start and end with offsets; it is left out.")
            continue
        storm_id = str(entry.get("id") or number)
        yield Storm(storm_id=storm_id, title=str(entry.get("title") or storm_id), start=start, end=end)


def _moment(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _path(folder: Path, name: str, resources: Sequence[Mapping[str, Any]]) -> str:
    for resource in resources:
        path = resource.get("path")
        if resource.get("name") == name or (isinstance(path, str) and Path(path).name in RESOURCES[name]):
            if isinstance(path, str):
                return path
            raise Refused(f"The pack's resource {name} must have one path; put its rows into one file.")
    usual = RESOURCES[name]
    return next((path for path in usual if (folder / path).is_file()), usual[0])
