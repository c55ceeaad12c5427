"""A city with as many gauges as are asked for: the others hang in its manholes."""

from dataclasses import replace
from datetime import timedelta

from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.errors import Refused
from simulators.city.plan import City, Gauge, GaugeKind

INTERVAL = timedelta(minutes=1)
MOST = 100_000  # Zhengzhou's pilot area has 4,500 in its manholes (city notice)


def dense(city: City, n_gauges: int) -> City:
    """The city with further manhole gauges, each a site of its own, until there are so many gauges.

    They are spread evenly over the nodes; where all nodes have one, a second device hangs beside the first.

    Raises:
        Refused: It has more already, or nobody hangs up so many.
    """
    missing = n_gauges - len(city.gauges)
    if not 0 <= missing <= MOST:
        raise Refused(f"{city.title_en} has {len(city.gauges)} gauges; ask for {len(city.gauges)} to {MOST:,}.")
    nodes = [(part, number) for part, of in enumerate(city.parts) for number in range(len(of.nodes))]
    chosen = [nodes[(k * len(nodes) // missing) if missing < len(nodes) else k % len(nodes)] for k in range(missing)]
    sites, gauges = [], []
    for number, (part, node) in enumerate(chosen):
        of = city.parts[part]
        site_id = f"well-x{number + 1:05}"
        sites.append(
            Site(
                site_id=site_id,
                name=f"检查井 X{number + 1:05}",
                name_en=f"Manhole X{number + 1:05}",
                kind=SiteKind.WELL,
                place=Place(lon=float(of.lon[node]), lat=float(of.lat[node])),
                position=Position.CONSTRUCTED,
            )
        )
        gauges.append(
            Gauge(
                device_id=site_id,
                site_id=site_id,
                kind=GaugeKind.MANHOLE,
                part=part,
                element=of.nodes[node],
                interval=INTERVAL,
            )
        )
    return replace(city, sites=(*city.sites, *sites), gauges=(*city.gauges, *gauges))
