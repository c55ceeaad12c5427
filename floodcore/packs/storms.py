"""Which part of a pack is worth showing."""

from datetime import timedelta

import numpy as np

from floodcore.domain.reading import Quantity
from floodcore.packs.description import Storm
from floodcore.packs.read import Pack

AROUND = timedelta(hours=6)  # guessed: rise and fall of a flash flood on either side of its peak


def liveliest(pack: Pack) -> Storm | None:
    """The storm that keeps a room busiest: most level readings over a threshold, then the greatest rise of one gauge.

    A pack that names no storm has one all the same: the hours around its highest water. None without any level.
    """
    levels = pack.observations[pack.observations["quantity"] == Quantity.LEVEL]
    if levels.empty:
        return None
    lowest = {
        station.station_id: min((step.depth_m for step in station.thresholds), default=np.inf)
        for station in pack.stations
    }
    marked = levels.assign(
        over=levels["value"] >= levels["station_id"].map(lowest).astype(float),
        rise=levels["value"] - levels.groupby("station_id", observed=True)["value"].transform("median"),
    )
    if not pack.storms:
        peak = marked["observed_at"].iloc[int(marked["rise"].argmax())].to_pydatetime()
        return Storm(storm_id="peak", title="highest water", start=peak - AROUND, end=peak + AROUND)
    spells = {storm: marked[marked["observed_at"].between(storm.start, storm.end)] for storm in pack.storms}
    return max(spells, key=lambda storm: (spells[storm]["over"].sum(), np.nan_to_num(spells[storm]["rise"].max())))
