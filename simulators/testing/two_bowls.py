"""Two bowls in steady rain, with water that is a bucket: a city small enough to work out by hand.

Bowl A has 100 m2, its road lies 1 m over its invert, its cabinet drowns at 0.5 m; bowl B has neither road gauge nor
power. It rains 60 mm/h, one millimetre a minute, and each bowl gathers the rain of 10,000 m2: 10 m3 a minute, so that
it rises by 0.1 m a minute.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import Place, Site, SiteKind
from simulators.area import Area
from simulators.city.plan import City, Gauge, GaugeKind, Part, Provenance, Watched
from simulators.storms.storm import Label
from simulators.world.water import Orders, Snapshot

NOON = datetime(2021, 7, 20, 12, tzinfo=UTC)
A, B = Place(lon=113.60, lat=34.75), Place(lon=113.65, lat=34.75)
GATHERS_M2, BOWL_M2 = 10_000.0, 100.0
LABEL = Label(name="steady", title="匀雨", title_en="steady rain", constructed=True, source="made for a test")


class Steady:
    """60 mm/h everywhere for ever."""

    label = LABEL
    start, end = NOON, NOON + timedelta(hours=9)

    def intensity(
        self,
        at: datetime,  # noqa: ARG002
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],  # noqa: ARG002
    ) -> NDArray[np.float64]:
        """As everywhere."""
        return np.full(len(lon), 60.0)


class Buckets:
    """Two bowls with upright walls; the pump of A moves 0.1 m3/s, where it runs."""

    def __init__(self, volume_m3: Sequence[float] = (0.0, 0.0)) -> None:
        self.volume = np.array(volume_m3)
        self.heard: list[Orders] = []
        self.is_closed = False

    def advance(self, seconds: float, orders: Sequence[Orders]) -> Sequence[Snapshot]:
        """Rain and pumps for so long."""
        [one] = orders
        self.heard.append(one)
        pumped = 0.1 * one.setting.get("pump-a", 1.0) * (self.volume[0] > 0)
        inflow = np.array([one.inflow_m3_s.get(node, 0.0) for node in ("a", "b")])
        rain = one.rain_mm_h.mean() / 3.6e6 * GATHERS_M2
        self.volume = np.maximum(self.volume + seconds * (rain + inflow - np.array([pumped, 0.0])), 0.0)
        return [Snapshot(depth_m=self.volume / BOWL_M2, flow_m3_s=np.array([pumped]))]

    def balance_pct(self) -> float:
        """Nothing is lost."""
        return 0.0

    def branch(self) -> "Buckets":
        """As much water in other bowls."""
        return Buckets(tuple(self.volume))

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


def two_bowls() -> City:
    """The city."""
    tunnel = Site(site_id="A", name="甲隧道", kind=SiteKind.UNDERPASS, place=A)
    street = Site(site_id="B", name="乙路", kind=SiteKind.ROAD, place=B)
    part = Part(
        part_id="only",
        model="",
        gages=(A,),
        nodes=("a", "b"),
        lon=np.array([A.lon, B.lon]),
        lat=np.array([A.lat, B.lat]),
        road_m=np.array([1.0, 2.0]),
    )
    tunnel_watched = Watched(
        site=tunnel, part=0, node="a", provenance=Provenance.INVENTED, pumps=("pump-a",), power_fails_m=0.5
    )
    return City(
        name="two-bowls",
        title="两洼",
        title_en="two bowls",
        timezone="Asia/Shanghai",
        area=Area.around([A, B]),
        parts=(part,),
        sites=(tunnel, street),
        watched=(tunnel_watched, Watched(site=street, part=0, node="b", provenance=Provenance.INVENTED)),
        gauges=(
            Gauge(device_id="level-a", site_id="A", kind=GaugeKind.PRESSURE, element="a", zero_m=1.0, on_mains=True),
            Gauge(device_id="pump-a", site_id="A", kind=GaugeKind.PUMP, element="pump-a"),
            Gauge(device_id="rain-b", site_id="B", kind=GaugeKind.RAIN),
            Gauge(device_id="well-b", site_id="B", kind=GaugeKind.MANHOLE, element="b"),
        ),
    )
