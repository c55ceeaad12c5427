"""Build a constructed Zhengzhou: `five_streets`, `district` or `city`."""

from floodcore.domain.site import Place
from simulators.area import Area
from simulators.chance import SEED
from simulators.city.grid import COUNTS, cells_of
from simulators.city.layers import layers_of
from simulators.city.model import part_of
from simulators.city.plan import City
from simulators.city.size import size_of
from simulators.city.streets import roads_of
from simulators.city.watched import stations_of
from simulators.city.works import works_of

TIMEZONE = "Asia/Shanghai"

NOTES = (
    (
        "构造城市：街道、管网、泵站和地形均为生成，不是郑州的实际管网。",
        "A constructed city: streets, drains, pumps and the ground are generated and are not Zhengzhou's own.",
    ),
    (
        "真实的只有名称：公布的积水点、13 座隧道、河流、地铁站和行政区；位置标注为“近似”或“构造”。",
        "Only names are real (ponding places, tunnels, rivers, districts); positions are approximate or constructed.",
    ),
    (
        "设计暴雨公式参数未经核实；网格数量真实，边界为虚构。",
        "The design storm's parameters are unverified; the counts of grids are real, their outlines invented.",
    ),
    (
        "各流域模型之间不交换水量；河流上游来水仅计基流。",
        "Models of different basins exchange no water; what a river brings from upstream is its base flow only.",
    ),
)


def build(name: str, seed: int = SEED) -> City:
    """Build a city; the same for the same seed, byte for byte.

    Args:
        name: `five_streets`, `district` or `city`.
        seed: Any whole number from 0.

    Raises:
        NotFound: There is no such size.
    """
    size = size_of(name)
    works = works_of(size, seed)
    n_parts = int(works.part.max()) + 1
    title = f"{size.title_en}, seed {seed}"
    parts = tuple(
        part_of(works, one, f"{name}-{one + 1}", f"{title}, part {one + 1} of {n_parts}") for one in range(n_parts)
    )
    stations = stations_of(works, parts, seed)
    roads, lines = roads_of(works, parts, seed)
    cells = cells_of(roads.lon, roads.lat) if roads.lon.size > COUNTS[-1] else ()
    places = [
        Place(lon=float(lon), lat=float(lat)) for part in parts for lon, lat in zip(part.lon, part.lat, strict=True)
    ]
    return City(
        name=name,
        title=size.title,
        title_en=size.title_en,
        timezone=TIMEZONE,
        area=Area.around(places),
        parts=parts,
        sites=stations.sites,
        watched=stations.watched,
        gauges=stations.gauges,
        roads=roads,
        layers=layers_of(works, lines, cells),
        notes=NOTES,
    )
