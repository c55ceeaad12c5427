"""The messages of the live channel. docs/reference/live.md says what each field means."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from dashboard_api.live.state import Changes

PROTOCOL = 1


class ClockReading(Struct, frozen=True, kw_only=True):
    """The room's time, and how many of its seconds pass in a real one."""

    now: datetime
    speed: float


class User(Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    name: str
    role: str
    team_id: str | None


class Scene(Struct, frozen=True, kw_only=True):
    """What is played, and what of it is constructed, in both languages; empty where nobody has said."""

    title: str
    title_en: str
    note: str
    note_en: str


class Hello(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """Always first."""

    epoch: str
    build: str
    mode: str
    title: str
    clock: ClockReading
    user: User
    scene: Scene | None = None
    protocol: int = PROTOCOL


class ResumeFailed(Struct, frozen=True, kw_only=True, tag_field="type", tag="resume_failed"):
    """Why a snapshot follows instead of the missed deltas."""

    reason: str


class Snapshot(Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """Everything."""

    seq: int
    at: datetime
    state: Mapping[str, Mapping[str, Struct]]
    as_of: Mapping[str, datetime]
    age_s: Mapping[str, float]


class Delta(Struct, frozen=True, kw_only=True, tag_field="type", tag="delta"):
    """What has changed since the message before; without changes it is the heartbeat."""

    seq: int
    at: datetime
    changes: Changes
    as_of: Mapping[str, datetime]
    age_s: Mapping[str, float]
    clock: ClockReading


def ages(as_of: Mapping[str, datetime], now: datetime) -> dict[str, float]:
    """Seconds since each topic's newest datum; 0 for one that a device's fast clock puts into the future."""
    return {topic: max(0.0, round((now - at) / timedelta(seconds=1), 3)) for topic, at in as_of.items()}


def text(message: Struct) -> str:
    """A message as it goes over the wire; a float that is no number becomes null."""
    return msgspec.json.encode(message).decode()
