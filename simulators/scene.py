"""What is played: a city, a storm over it, and the part of the storm that is worth seeing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from simulators.chance import SEED
from simulators.city.build import build
from simulators.city.dense import dense
from simulators.city.imported import imported, own_rain
from simulators.city.plan import City
from simulators.storms.catalogue import storm as storm_of
from simulators.storms.storm import Storm

DEFAULT_STORM = "zhengzhou-2021-07-20"
DESIGN_STORM = "chicago-p20"  # for a network that brings no rain of its own
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BEFORE = HOUR  # of the storm is shown before its heaviest hour begins
AFTER = 8 * HOUR  # of it at most are shown afterwards: underpasses are pumped dry in some hours
DRAINS = 2 * HOUR  # after the rain; the streets are dry by then, and most of what stays stands in bowls
SPIN_UP = timedelta(hours=3)  # of rain make pipes and soil wet before the play begins; what fell earlier is forgotten


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A city in a storm.

    Attributes:
        wet_from: From here on the water is simulated.
        start, end: What is shown.
    """

    city: City
    storm: Storm
    wet_from: datetime
    start: datetime
    end: datetime


def scene(
    *,
    city: str = "city",
    model: Path | None = None,
    storm: str | None = None,
    seed: int = SEED,
    gauges: int | None = None,
    whole: bool = False,
) -> Scene:
    """The scene that a person named.

    Args:
        city: A constructed one, unless a model is named.
        model: An input file for EPA SWMM 5, which then is the city.
        storm: A name of the catalogue; without one the model's own rain, or the storm of record.
        seed: Of city and storm.
        gauges: How many the city is to have; as many as it has by itself when None.
        whole: All of the storm, from dry streets to dry streets; else what is worth seeing of it.

    Raises:
        NotFound: There is no such city, model or storm.
        Refused: The model cannot be read, or the city has more gauges.
    """
    place = imported(model) if model else build(city, seed)
    place = place if gauges is None else dense(place, gauges)
    falls = _storm(place, model, storm, seed)
    if whole:
        return Scene(city=place, storm=falls, wet_from=falls.start, start=falls.start, end=falls.end + DRAINS)
    heaviest = heaviest_hour(falls, place)
    start = max(falls.start, heaviest - BEFORE)
    end = min(max(falls.end, heaviest + HOUR) + DRAINS, heaviest + AFTER)
    return Scene(city=place, storm=falls, wet_from=max(falls.start, start - SPIN_UP), start=start, end=end)


def heaviest_hour(storm: Storm, city: City) -> datetime:
    """When the hour begins in which most rain falls on the city, to the nearest ten minutes; aware, UTC."""
    lon = np.concatenate([[gage.lon for gage in part.gages] for part in city.parts])
    lat = np.concatenate([[gage.lat for gage in part.gages] for part in city.parts])
    step = 10 * MINUTE
    moments = [storm.start + number * step for number in range(max(1, round((storm.end - storm.start) / step)))]
    means = np.array([storm.intensity(moment, lon, lat).mean() for moment in moments])
    hours = np.convolve(means, np.ones(6))[5:] if len(means) > 6 else means
    return moments[int(np.argmax(hours))].astimezone(UTC)


def _storm(city: City, model: Path | None, name: str | None, seed: int) -> Storm:
    if model and name is None:
        return own_rain(model) or storm_of(DESIGN_STORM, city.area, seed)
    return storm_of(name or DEFAULT_STORM, city.area, seed)
