"""Rain that was measured: the rain gauges of an event pack as a storm over an area."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from floodcore.domain.geo import M_PER_DEGREE
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place
from floodcore.errors import Refused
from floodcore.packs.read import Pack
from simulators.area import Area
from simulators.storms.frame import is_near
from simulators.storms.storm import Label

FloatArray = NDArray[np.float64]
S_PER_H = 3600.0
LONGEST = timedelta(hours=1)  # guessed: a record after a longer silence tells of its last hour
NEAR_M = 100.0  # within it a gauge is as good as at the place: no division by zero


@dataclass(frozen=True, kw_only=True)
class Series:
    """What one gauge has caught.

    Attributes:
        place: Where it stands; None where the pack does not say.
        seconds: Since 1970, rising, shape (n,).
        fallen_mm: In all by then, shape (n,); in between it rains evenly.
    """

    place: Place | None
    seconds: FloatArray
    fallen_mm: FloatArray

    def mm_h(self, begin_s: float, span_s: float = 60.0) -> float:
        """Mean over the span that begins then."""
        before, after = np.interp([begin_s, begin_s + span_s], self.seconds, self.fallen_mm)
        return float(after - before) * S_PER_H / span_s


@dataclass(frozen=True, kw_only=True)
class PackRain:
    """Between gauges that stand in the area, by the inverse square of the distance; else their mean everywhere."""

    label: Label
    start: datetime
    end: datetime
    gauges: tuple[Series, ...]

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Mean over the minute; nothing outside `start` to `end`."""
        if not self.start <= at < self.end:
            return np.zeros(len(lon))
        caught = np.array([gauge.mm_h(at.timestamp()) for gauge in self.gauges])
        placed = [gauge.place for gauge in self.gauges if gauge.place]
        if len(placed) < len(self.gauges) or len(placed) == 1:
            return np.full(len(lon), caught.mean())
        km_east = np.cos(np.radians(lat))[:, None]
        east = (lon[:, None] - np.array([place.lon for place in placed])) * M_PER_DEGREE * km_east
        north = (lat[:, None] - np.array([place.lat for place in placed])) * M_PER_DEGREE
        weight = 1 / np.maximum(east**2 + north**2, NEAR_M**2)
        mm_h: FloatArray = (weight @ caught) / weight.sum(axis=1)
        return mm_h


def pack_rain(pack: Pack, area: Area, storm_id: str | None = None) -> PackRain:
    """The rain of one of a pack's storms.

    Args:
        pack: With rain gauges; records of `rain`, in mm since the one before.
        area: Where it falls. Gauges that do not stand in or near it give their mean to all of it.
        storm_id: One of the pack's; the one with most rain when None.

    Raises:
        Refused: The pack has no such storm, or no rain.
    """
    rain = pack.observations[pack.observations["quantity"] == Quantity.RAIN]
    rain = rain.drop_duplicates(["station_id", "observed_at"], keep="last")
    if not (rain["value"] > 0).any():
        raise Refused(f"{pack.title} has no rain; name a pack with rain gauges, or a storm of the catalogue.")
    start, end = _span(pack, rain, storm_id)
    place_of = {station.station_id: station.site.place for station in pack.stations}
    every = [
        _series(one.sort_values("observed_at"), place_of[str(station_id)])
        for station_id, one in rain.groupby("station_id", observed=True)
    ]
    near = tuple(series for series in every if series.place and is_near(series.place, area))
    fell = "between the gauges by inverse distance" if len(near) > 1 else "one gauge's rain everywhere"
    if not near:
        near = tuple(Series(place=None, seconds=one.seconds, fallen_mm=one.fallen_mm) for one in every)
        fell = "the mean of its gauges everywhere, because none is known to stand here"
    label = Label(
        name=f"rain:{pack.pack_id}:{storm_id}" if storm_id else f"rain:{pack.pack_id}",
        title=f"{pack.title}（实测雨量）",
        title_en=f"{pack.title} (measured rain)",
        constructed=False,
        source=f"rain gauges of the event pack {pack.pack_id}, {fell}",
    )
    return PackRain(label=label, start=start, end=end, gauges=near)


def _span(pack: Pack, rain: pd.DataFrame, storm_id: str | None) -> tuple[datetime, datetime]:
    storms = {storm.storm_id: (storm.start, storm.end) for storm in pack.storms if storm.end > storm.start}
    if storm_id is not None:
        if storm_id not in storms:
            raise Refused(f"{pack.title} has no storm {storm_id}; it has {', '.join(storms) or 'none that is named'}.")
        return storms[storm_id]
    fallen = {span: rain.loc[rain["observed_at"].between(*span), "value"].sum() for span in storms.values()}
    if fallen and max(fallen.values()) > 0:
        return max(fallen, key=lambda span: fallen[span])
    first, last = rain["observed_at"].min(), rain["observed_at"].max()
    return (first - LONGEST).to_pydatetime(), last.to_pydatetime()


def _series(records: pd.DataFrame, place: Place | None) -> Series:
    """Each record's rain fell since the one before it, or in its last hour."""
    told = records["observed_at"].astype("int64").to_numpy() / 1e6  # the reader keeps microseconds
    gap = np.diff(told, prepend=told[0] - LONGEST.total_seconds())
    since = told - np.minimum(gap, LONGEST.total_seconds())
    total = np.cumsum(np.maximum(records["value"].to_numpy(dtype=np.float64), 0.0))
    seconds = np.column_stack([since, told]).ravel()
    return Series(place=place, seconds=seconds, fallen_mm=np.column_stack([np.append(0.0, total[:-1]), total]).ravel())
