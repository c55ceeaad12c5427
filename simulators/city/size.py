"""How large a city is built."""

from dataclasses import dataclass

from floodcore.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Size:
    """A rectangle of the city and how finely it is built.

    Attributes:
        lon, lat: Its middle, degrees.
        columns, rows: Street crossings that have a manhole, before the corners of the city are cut.
        spacing_m: Between them.
        is_round: Whether the corners are cut, as no city is a rectangle.
        jitter: How far a crossing strays from the grid, in shares of the spacing.
        n_watched: Places that are watched, bowls among them.
        n_underpasses: Bowls beside the named tunnels.
        n_manholes, n_flows, n_rain: Gauges.
        has_named: Whether published places and tunnels are put in.
        part_cap: Nodes of one hydraulic model at the most.
        block_m: Between the junctions of the road graph, in the centre.
    """

    name: str
    title: str
    title_en: str
    lon: float
    lat: float
    columns: int
    rows: int
    spacing_m: float
    is_round: bool = False
    jitter: float = 0.18
    n_watched: int
    n_underpasses: int
    n_manholes: int
    n_flows: int
    n_rain: int
    has_named: bool = True
    part_cap: int = 1_500
    block_m: float = 84.0


SIZES = {
    size.name: size
    for size in (
        Size(
            name="five_streets",
            title="五条街（构造）",
            title_en="Five streets (constructed)",
            lon=113.6564,
            lat=34.75,
            columns=9,
            rows=5,
            spacing_m=500.0,
            jitter=0.0,
            n_watched=5,
            n_underpasses=1,
            n_manholes=1,
            n_flows=1,
            n_rain=2,
            has_named=False,
        ),
        Size(
            name="district",
            title="郑州老城区（构造管网）",
            title_en="Inner Zhengzhou (constructed drainage)",
            lon=113.660,
            lat=34.7475,
            columns=25,
            rows=20,
            spacing_m=220.0,
            n_watched=70,
            n_underpasses=6,
            n_manholes=20,
            n_flows=8,
            n_rain=24,
        ),
        Size(
            name="city",
            title="郑州市区（构造管网）",
            title_en="Zhengzhou (constructed drainage)",
            lon=113.660,
            lat=34.765,
            columns=95,
            rows=79,
            spacing_m=280.0,
            is_round=True,
            n_watched=300,
            n_underpasses=62,
            n_manholes=60,
            n_flows=20,
            n_rain=40,
        ),
    )
}


def size_of(name: str) -> Size:
    """The size of this name.

    Raises:
        NotFound: There is none.
    """
    if name not in SIZES:
        raise NotFound(f"No city is called {name}; there are {', '.join(SIZES)}.")
    return SIZES[name]
