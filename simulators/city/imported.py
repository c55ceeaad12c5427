"""A network that somebody else made, as a city: any input file of EPA SWMM 5."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.errors import Refused
from simulators.area import Area
from simulators.city.frame import FloatArray, to_deg
from simulators.city.imported_gauges import gauges_of
from simulators.city.imported_network import Network
from simulators.city.imported_notes import notes_of
from simulators.city.imported_streets import drains_of, streets_of
from simulators.city.plan import City, Part, Provenance, Watched
from simulators.engine.inp import Inp
from simulators.engine.layout import NODES, layout_of, link_ends
from simulators.engine.part import Model, Peaks
from simulators.engine.parts import peaks
from simulators.engine.ponding import kept_on_the_road, rims_of_stores
from simulators.engine.rain import OwnRain, rain_of
from simulators.engine.sites import worst_nodes
from simulators.storms.storm import Label

TIMEZONE = "Asia/Shanghai"  # a model's clock has no zone; it is read as this one
MINUTE_S = 60.0
HEAVIEST_AFTER = timedelta(hours=1)  # of the run that finds the places
LOOKS_MIN = 180
# For an hour, where a model brings no rain: about Zhengzhou's ten-year hour. It only tells which places come first.
TEST_MM_H = 60.0
SKY = "ONEMAP_SKY INTENSITY 0:01 1.0 TIMESERIES NONE"
PATIENCE_S = 300.0  # until the engine is given up on a strange model; the slowest of six published ones needs 10 s


@dataclass(frozen=True, kw_only=True)
class ModelStorm:
    """A model's own rain as a storm: at a place falls what its nearest gage has.

    Attributes:
        rain: By gage.
        gages: Where they stand.
    """

    label: Label
    rain: OwnRain
    gages: tuple[Place, ...]

    @property
    def start(self) -> datetime:
        """When the model's rain begins, its clock read as local time."""
        return self.rain.start.replace(tzinfo=ZoneInfo(TIMEZONE)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """When the last of it has fallen."""
        return self.start + self.rain.span

    def intensity(self, at: datetime, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Rain at these places, in mm/h, as the mean over the minute that begins at `at`."""
        since = (at - self.start).total_seconds()
        at_gages = self.rain.mean_mm_h(since, since + MINUTE_S)
        far = [(lon - gage.lon) ** 2 + (lat - gage.lat) ** 2 for gage in self.gages]
        nearest: FloatArray = at_gages[np.argmin(np.array(far), axis=0)]
        return nearest


def imported(path: Path) -> City:
    """A network as a city, with sites where its water comes up to the road.

    Where its coordinates are in no known system they are laid around the middle of Zhengzhou; the notes say what was
    changed and assumed. The model is run once, in a process of its own, to find the sites.

    Raises:
        Refused: It cannot be read, or the engine refuses it; the sentence says what to do.
        EngineLost: It crashed the engine, or is too slow.
    """
    inp = Inp.read(path)
    folder = path.resolve().parent
    rain = rain_of(inp, folder)
    kept = _under_a_sky(kept_on_the_road(inp))
    model = Model(name=path.name, text=kept.text(), folder=folder)
    (nodes, links, gages), peak = peaks(
        model, LOOKS_MIN, _looked_at(rain, max(len(rain.knots_s), 1)), answers_within_s=PATIENCE_S
    )
    if not nodes or not np.isfinite(peak.depth_m).all():
        raise Refused(f"{path.name}: {_what_is_wrong(nodes, peak)}")
    network = _network(inp, nodes, links, gages, peak)
    part = Part(
        part_id=_slug(path.stem),
        model=model.text,
        folder=folder,
        gages=network.gage_places,
        nodes=nodes,
        lon=network.lon,
        lat=network.lat,
        road_m=network.road_m,
    )
    watched = _watched(network)
    if not watched:
        raise Refused(f"{path.name} has no node with a rim, only outfalls; a place to watch needs a junction.")
    roads = streets_of(network)
    sites, gauges = gauges_of(network, watched)
    return City(
        name=part.part_id,
        title=f"导入管网 {path.stem}",
        title_en=f"Imported network {path.stem}",
        timezone=TIMEZONE,
        area=Area.around([*network.node_places, *network.gage_places]),
        parts=(part,),
        sites=(*(one.site for one in watched), *sites),
        watched=watched,
        gauges=gauges,
        roads=roads,
        layers={"drains": drains_of(network)},
        notes=notes_of(inp, network.layout, rain),
    )


def own_rain(path: Path) -> ModelStorm | None:
    """The rain that a model brings with it; None where it brings none that can be read.

    Raises:
        Refused: The file cannot be read.
    """
    inp = Inp.read(path)
    rain = rain_of(inp, path.resolve().parent)
    if rain.total_mm <= 0:
        return None
    gages = [row[0] for row in inp.rows("RAINGAGES")]
    layout = layout_of(inp, [row[0] for section in NODES for row in inp.rows(section)], gages)
    places = _places(*_degrees(layout.gage_x, layout.gage_y, is_degrees=layout.is_degrees))
    label = Label(
        name="own",
        title=f"{path.stem} 自带降雨",
        title_en=f"Own rain of {path.stem}",
        constructed=True,  # whether somebody measured it, no model says
        source=f"series of {path.name}, {rain.total_mm:.1f} mm; its clock is read as {TIMEZONE}",
    )
    return ModelStorm(label=label, rain=rain, gages=tuple(places))


def _under_a_sky(inp: Inp) -> Inp:
    """With a rain gage, even if nothing drains from it: a model may live from its inflows alone."""
    return inp if inp.rows("RAINGAGES") else inp.replaced({"RAINGAGES": [SKY]})


def _what_is_wrong(nodes: Sequence[str], peak: Peaks) -> str:
    if not nodes:
        return "the model has no nodes; add what carries the water."
    wrong = nodes[int(np.flatnonzero(~np.isfinite(peak.depth_m))[0])]
    return f"the engine's water at node {wrong} is not a number; look at the numbers of that node and its links."


def _looked_at(rain: OwnRain, n_gages: int) -> FloatArray:
    """The rain by which the places are found, shape (minutes, n_gages)."""
    if rain.total_mm <= 0:
        return np.where(np.arange(LOOKS_MIN) < 60, TEST_MM_H, 0.0)[:, None].repeat(n_gages, axis=1)
    first = max(rain.heaviest_hour_s() - HEAVIEST_AFTER.total_seconds(), 0.0)
    times = first + np.arange(LOOKS_MIN) * MINUTE_S
    return np.array([rain.mean_mm_h(time, time + MINUTE_S) for time in times])


def _network(inp: Inp, nodes: Sequence[str], links: Sequence[str], gages: Sequence[str], peak: Peaks) -> Network:
    layout = layout_of(inp, nodes, gages)
    lon, lat = _degrees(layout.x, layout.y, is_degrees=layout.is_degrees)
    number = {node.lower(): at for at, node in enumerate(nodes)}
    ends = link_ends(inp)
    outfalls = {row[0].lower() for row in inp.rows("OUTFALLS")}
    stores = rims_of_stores(inp)
    road = np.array([stores.get(node.lower(), full) for node, full in zip(nodes, peak.full_m, strict=True)])
    road[[node.lower() in outfalls for node in nodes]] = np.nan
    pumps = {row[0].lower() for row in inp.rows("PUMPS")}
    return Network(
        layout=layout,
        nodes=tuple(nodes),
        links=tuple(links),
        gages=tuple(gages),
        lon=lon,
        lat=lat,
        node_places=tuple(_places(lon, lat)),
        gage_places=tuple(_places(*_degrees(layout.gage_x, layout.gage_y, is_degrees=layout.is_degrees))),
        road_m=road,
        tail=np.array([number[ends[link.lower()][0]] for link in links], dtype=np.intp),
        head=np.array([number[ends[link.lower()][1]] for link in links], dtype=np.intp),
        is_pump=np.array([link.lower() in pumps for link in links], dtype=np.bool_),
        is_outfall=np.isnan(road),
        peak_m3_s=peak.flow_m3_s,
        peak_m=peak.depth_m,
        provenance=Provenance.APPROXIMATE if layout.is_own else Provenance.INVENTED,
        position=Position.APPROXIMATE if layout.is_own else Position.CONSTRUCTED,
    )


def _watched(network: Network) -> tuple[Watched, ...]:
    found = []
    for number, node in enumerate(worst_nodes(network.peak_m - network.road_m)):
        name = network.nodes[node]
        found.append(
            Watched(
                site=Site(
                    site_id=f"node-{number + 1:02d}-{_slug(name)}",
                    name=f"节点 {name}",
                    name_en=f"Node {name}",
                    kind=SiteKind.ROAD,
                    place=network.node_places[node],
                    position=network.position,
                ),
                part=0,
                node=name,
                provenance=network.provenance,
                pumps=tuple(network.links[link] for link in np.flatnonzero(network.is_pump & (network.tail == node))),
            )
        )
    return tuple(found)


def _degrees(x: FloatArray, y: FloatArray, *, is_degrees: bool) -> tuple[FloatArray, FloatArray]:
    return (x, y) if is_degrees else to_deg(x, y)


def _places(lon: FloatArray, lat: FloatArray) -> list[Place]:
    return [Place(lon=float(one), lat=float(other)) for one, other in zip(lon, lat, strict=True)]


def _slug(name: str) -> str:
    """For ids: letters, digits and dashes, at most 24 of them; "x" where nothing of that is in the name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:24].strip("-").lower() or "x"
