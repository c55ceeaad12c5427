"""Which part of a pack is worth showing."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from floodcore.domain.reading import Quantity
from floodcore.packs.description import Storm
from floodcore.packs.read import Pack

AROUND = timedelta(hours=6)  # guessed: rise and fall of a flash flood on either side of its peak
LEAD_IN = timedelta(minutes=30)  # two readings of a gauge at 15 min: the first forecasts have something to go by


def liveliest(pack: Pack) -> Storm | None:
    """The storm that keeps a room busiest: most level readings over a threshold, then the greatest rise of one gauge.

    A pack that names no storm has one all the same: the hours around its highest water. None without any level.
    """
    marked = _marked(pack)
    if marked.empty:
        return None
    if not pack.storms:
        peak = marked["observed_at"].iloc[int(marked["rise"].argmax())].to_pydatetime()
        return Storm(storm_id="peak", title="highest water", start=peak - AROUND, end=peak + AROUND)
    spells = {storm: marked[marked["observed_at"].between(storm.start, storm.end)] for storm in pack.storms}
    return max(spells, key=lambda storm: (spells[storm]["over"].sum(), np.nan_to_num(spells[storm]["rise"].max())))


def from_first_crossing(pack: Pack, storm: Storm) -> Storm:
    """The storm without the hours in which nothing happens: it begins shortly before a gauge first crosses a threshold.

    A storm in which none does is given back as it is.
    """
    marked = _marked(pack)
    crossings = marked[marked["over"] & marked["observed_at"].between(storm.start, storm.end)]
    if crossings.empty:
        return storm
    first = crossings["observed_at"].min().to_pydatetime()
    return replace(storm, start=max(storm.start, first - LEAD_IN))


def _marked(pack: Pack) -> pd.DataFrame:
    """The level observations, with `over`: at or above the lowest threshold, and `rise`: metres over the median."""
    levels = pack.observations[pack.observations["quantity"] == Quantity.LEVEL]
    lowest = {
        station.station_id: min((step.depth_m for step in station.thresholds), default=np.inf)
        for station in pack.stations
    }
    return levels.assign(
        over=levels["value"] >= levels["station_id"].map(lowest).astype(float),
        rise=levels["value"] - levels.groupby("station_id", observed=True)["value"].transform("median"),
    )
