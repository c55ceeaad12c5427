"""What the topics hold, as clients see it. docs/reference/live.md says what each field means."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from floodcore.domain.reading import Quality

Link = Literal["online", "offline", "stale", "unknown"]
QualityName = Literal["unchecked", "good", "suspect", "bad"]
QUALITY: dict[Quality, QualityName] = {
    Quality.UNCHECKED: "unchecked",
    Quality.GOOD: "good",
    Quality.SUSPECT: "suspect",
    Quality.BAD: "bad",
}


def raw_beside(value: float, raw: float) -> float | None:
    """What the gauge said, where that is not what the reading is worth; in the same unit."""
    return None if raw == value else raw


class ThresholdStep(Struct, frozen=True, kw_only=True):
    """A depth in metres at which a level, 1 to 4, begins."""

    level: int
    depth_m: float


class SiteSensor(Struct, frozen=True, kw_only=True):
    """What is measured at a site, and by which device."""

    sensor_id: str
    device_id: str
    quantity: str
    unit: str


class Site(Struct, frozen=True, kw_only=True):
    """A place that is watched; degrees, WGS 84."""

    name: str
    name_en: str | None
    kind: Literal["road", "underpass", "river", "well", "rain", "tide", "pump", "flow"]
    lon: float | None
    lat: float | None
    district: str | None
    position: Literal["surveyed", "approximate", "constructed"] | None
    pack: str | None
    credit: str | None
    thresholds: tuple[ThresholdStep, ...]
    thresholds_source: str | None
    sensors: tuple[SiteSensor, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """The newest reading of a sensor."""

    site_id: str
    device_id: str
    quantity: str
    unit: str
    observed_at: datetime
    received_at: datetime
    value: float
    raw: float | None
    quality: QualityName
    flags: tuple[str, ...]
    level: int | None
    rate_mm_min: float | None
    link: Link


class Quantiles(Struct, frozen=True, kw_only=True):
    """Depth in metres."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Lead(Struct, frozen=True, kw_only=True):
    """A forecast for one valid time; `p` is the probability of reaching each level that has a threshold."""

    lead_min: int
    valid_time: datetime
    depth_m: Quantiles
    p: dict[str, float]


class Forecast(Struct, frozen=True, kw_only=True):
    """What one run says about one site."""

    run_id: str
    issue_time: datetime
    produced_by: str
    leads: tuple[Lead, ...]


class Incident(Struct, frozen=True, kw_only=True):
    """Water, or silence, at a site."""

    site_id: str
    kind: Literal["water", "silence"]
    state: Literal["open", "closed"]
    level: int
    peak_level: int
    depth_m: float | None
    peak_depth_m: float | None
    opened_at: datetime
    level_since: datetime
    closed_at: datetime | None


class Alarm(Struct, frozen=True, kw_only=True):
    """An incident's call for a person."""

    site_id: str
    level: int
    state: Literal["new", "acknowledged", "returned", "closed"]
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    rate_mm_min: float | None


class Reason(Struct, frozen=True, kw_only=True):
    """Why this team."""

    zh: str
    en: str
    distance_m: float | None
    travel_s: float | None


class Order(Struct, frozen=True, kw_only=True):
    """A task given to a team."""

    incident_id: str
    site_id: str
    team_id: str
    level: int
    state: Literal[
        "proposed", "confirmed", "sent", "acknowledged", "en_route", "on_scene", "done", "declined", "recalled"
    ]
    reason: Reason
    proposed_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    version: int
    alert: Literal["none", "queued", "sent", "failed"]


class Team(Struct, frozen=True, kw_only=True):
    """An emergency team; degrees, WGS 84."""

    name: str
    name_en: str | None
    people: int
    skills: tuple[str, ...]
    pump_m3_h: float
    lon: float | None
    lat: float | None
    position_at: datetime | None
    state: Literal["free", "assigned", "en_route", "on_scene", "off"]
    order_id: str | None
    constructed: bool


class Health(Struct, frozen=True, kw_only=True):
    """How a component is; `at` is on the room's clock."""

    state: Literal["ok", "degraded", "down"]
    detail_zh: str
    detail_en: str
    at: datetime
    figures: dict[str, float]
