"""A storm over a city in a few figures."""

from datetime import datetime

import msgspec

from floodcore.domain.ladders import ROAD_DEPTH_M
from simulators.recording import Recording

FILE = "facts.json"  # beside a pack
FLOODED_M = min(ROAD_DEPTH_M.values())  # the lowest step of the default ladder


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one recording comes to.

    Attributes:
        storm, title: Its name, and what it is; storms of one family have one title.
        start, end: Of what is shown, UTC.
        sites: That are watched.
        flooded_sites: Of those, with more than FLOODED_M over the road.
        deepest_m: Over any road.
        rain_mm: In the mean over the watched places, from start to end.
        heaviest_mm_h: Of one minute at one place.
        mass_error_pct: Of the water's balance; the worst of all parts, without its sign.
        readings: That were sent, doubled ones included.
    """

    storm: str
    title: str
    start: datetime
    end: datetime
    minutes: int
    sites: int
    flooded_sites: int
    deepest_m: float
    rain_mm: float
    heaviest_mm_h: float
    mass_error_pct: float
    readings: int


def facts(recording: Recording) -> Facts:
    """The figures of a recording."""
    scene, rain = recording.scene, recording.rain_mm_h
    peaks = recording.road_m.max(axis=0, initial=0.0)
    return Facts(
        storm=scene.storm.label.name,
        title=scene.storm.label.title_en,
        start=scene.start,
        end=scene.end,
        minutes=len(recording.times),
        sites=len(scene.city.watched),
        flooded_sites=int((peaks > FLOODED_M).sum()),
        deepest_m=round(float(peaks.max(initial=0.0)), 3),
        rain_mm=round(float(rain.mean(axis=1).sum() / 60) if rain.size else 0.0, 2),
        heaviest_mm_h=round(float(rain.max(initial=0.0)), 1),
        mass_error_pct=round(abs(recording.balance_pct), 4),
        readings=len(recording.sent),
    )


def facts_json(recording: Recording) -> bytes:
    """The same as JSON."""
    return msgspec.json.format(msgspec.json.encode(facts(recording)), indent=1) + b"\n"
