"""Names that a pack's author chose, made into names that a topic and the register can carry. The same every time."""

import re
import unicodedata
from hashlib import sha256

from floodcore.domain.site import DEVICE_ID

SITE_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
LONGEST = 64
HASH = 8  # hex digits: two of a thousand names without a readable part meet in one pack of eight thousand


def device_id(station_id: str) -> str:
    """The station's id where it can be a device's, else a readable part of it and a hash of the whole."""
    return station_id if DEVICE_ID.fullmatch(station_id) else _slug(station_id)


def site_id(name: str) -> str:
    """The name where it can be a site's id, else a readable part of it and a hash of the whole."""
    return name if SITE_ID.fullmatch(name) else _slug(name)


def apart(taken_id: str, pack_id: str) -> str:
    """Another id for a thing whose id belongs to another pack."""
    return f"{taken_id[: LONGEST - HASH - 1]}-{_hash(pack_id)}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-")[: LONGEST - HASH - 1]
    return f"{readable}-{_hash(text)}".lstrip("-")


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:HASH]
