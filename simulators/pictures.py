"""Pictures of a city, of a storm over it, and of what its water did."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import matplotlib.dates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from floodcore.domain.ladders import ROAD_DEPTH_M
from floodcore.domain.levels import Level
from simulators.city.plan import ROAD_CLASSES, City, RoadClass, Roads
from simulators.recording import Recording

WIDTH = {RoadClass.EXPRESSWAY: 1.2, RoadClass.ARTERIAL: 0.6, RoadClass.STREET: 0.15, RoadClass.TUNNEL: 2.5}
COLOUR = {
    RoadClass.EXPRESSWAY: "#8A6D3B",
    RoadClass.ARTERIAL: "#7C8FA3",
    RoadClass.STREET: "#C3CCD6",
    RoadClass.TUNNEL: "#D81B3C",
}
DPI = 110
CELLS = 80  # of a storm's picture, each way
AROUND = timedelta(minutes=30)
CLOSED_M = ROAD_DEPTH_M[Level.YELLOW]  # an underpass is closed at this depth over its road


def draw_city(city: City, file: Path) -> None:
    """Roads, drains' nodes, watched places and rain gages of a city, as PNG."""
    figure = Figure(figsize=(9, 8), dpi=DPI, layout="constrained")
    axes = figure.subplots()
    if city.roads:
        for kind, lines in _lines(city.roads).items():
            axes.add_collection(LineCollection(list(lines), linewidths=WIDTH[kind], colors=COLOUR[kind]))
    for part in city.parts:
        axes.scatter(part.lon, part.lat, s=0.6, color="#5AA9FF", linewidths=0)
    for is_tunnel, mark, label in ((False, "o", "watched place"), (True, "D", "tunnel")):
        places = [one.site.place for one in city.watched if one.is_tunnel is is_tunnel and one.site.place]
        axes.scatter(
            [place.lon for place in places],
            [place.lat for place in places],
            s=26 if is_tunnel else 12,
            marker=mark,
            color="#D81B3C" if is_tunnel else "#FF8F1F",
            edgecolors="white",
            linewidths=0.4,
            label=f"{label} ({len(places)})",
            zorder=5,
        )
    axes.set_title(f"{city.title_en}: {sum(len(part.nodes) for part in city.parts):,} drainage nodes (simulated)")
    axes.legend(loc="lower right")
    _geographic(axes, city)
    figure.savefig(file)


def draw_storm(recording: Recording, file: Path) -> None:
    """Rain over a city a while before, at and after its heaviest minute, as PNG."""
    storm, city = recording.scene.storm, recording.scene.city
    heaviest = recording.times[int(recording.rain_mm_h.mean(axis=1).argmax())]
    moments = [heaviest + shift * AROUND for shift in (-1, 0, 1)]
    figure = Figure(figsize=(4 * len(moments), 4.2), dpi=DPI, layout="constrained")
    area = city.area
    lon, lat = np.meshgrid(np.linspace(area.west, area.east, CELLS), np.linspace(area.south, area.north, CELLS))
    fields = [storm.intensity(moment, lon.ravel(), lat.ravel()).reshape(lon.shape) for moment in moments]
    most = max(1.0, *(float(field.max()) for field in fields))
    panels = np.atleast_1d(figure.subplots(1, len(moments)))
    for axes, moment, field in zip(panels, moments, fields, strict=True):
        drawn = axes.pcolormesh(lon, lat, field, cmap="viridis", vmin=0, vmax=most, shading="nearest", rasterized=True)
        axes.set_title(f"{_local(moment, city):%d %b %H:%M}")
        _geographic(axes, city)
    figure.colorbar(drawn, ax=list(panels), label="mm/h", shrink=0.8)
    figure.suptitle(f"{storm.label.title_en}{' - constructed' if storm.label.constructed else ''}")
    figure.savefig(file)


def draw_water(recording: Recording, file: Path, most: int = 8) -> None:
    """Rain above, and water over the road at the deepest places below, as PNG."""
    city = recording.scene.city
    figure = Figure(figsize=(9, 5), dpi=DPI, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 3))
    times = [_local(moment, city) for moment in recording.times]
    above.fill_between(times, recording.rain_mm_h.mean(axis=1), step="pre", color="#5AA9FF")
    above.invert_yaxis()
    above.set_ylabel("rain, mm/h")
    deepest = recording.road_m.max(axis=0).argsort()[::-1][:most]
    for number in deepest:
        below.plot(times, recording.road_m[:, number], linewidth=1.2, label=city.watched[number].site.name_en)
    below.axhline(CLOSED_M, color="#7C8FA3", linestyle="--", linewidth=0.8)
    below.set_ylabel("water over the road, m")
    below.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%H:%M", tz=ZoneInfo(city.timezone)))  # type: ignore[no-untyped-call]
    below.legend(fontsize=7, loc="upper left")
    above.set_title(f"{recording.scene.storm.label.title_en}, {city.title_en} (simulated)")
    figure.savefig(file)


def _lines(roads: Roads) -> dict[RoadClass, np.ndarray]:
    ends = np.stack(
        [
            np.stack([roads.lon[roads.tail], roads.lat[roads.tail]], axis=1),
            np.stack([roads.lon[roads.head], roads.lat[roads.head]], axis=1),
        ],
        axis=1,
    )
    drawn = (RoadClass.STREET, RoadClass.ARTERIAL, RoadClass.EXPRESSWAY, RoadClass.TUNNEL)
    return {kind: ends[roads.kind == ROAD_CLASSES.index(kind)] for kind in drawn}


def _geographic(axes: Axes, city: City) -> None:
    area = city.area
    axes.set_xlim(area.west, area.east)
    axes.set_ylim(area.south, area.north)
    axes.set_aspect(1 / np.cos(np.radians((area.south + area.north) / 2)))
    axes.tick_params(labelsize=7)


def _local(moment: datetime, city: City) -> datetime:
    return moment.astimezone(ZoneInfo(city.timezone))
