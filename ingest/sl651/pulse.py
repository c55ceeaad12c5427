"""What the gateway says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from floodcore.store.health import REPORT_EVERY_S, Health

COMPONENT = "sl651"  # no copy of ingest: its silence is no reason to distrust the gauges on the broker


@dataclass(kw_only=True)
class Pulse:
    """What the parts of the service notice, gathered for the next report.

    Attributes:
        connections: Stations, and whoever else, that are connected now.
        turned_away: Connections that ended to make room for others, since the process began.
        frames: Whole frames since the process began, link keep and tests included.
        broken: Frames that were damaged or broke off since the process began; they lie in quarantine.
        unkept: Those of them that do not, as too much waited.
        garbage: Bytes between frames since the process began.
        readings: Taken in since the last report.
        held: Messages that the database does not take now; none of them is confirmed.
    """

    connections: int = 0
    turned_away: int = 0
    frames: int = 0
    broken: int = 0
    unkept: int = 0
    garbage: int = 0
    readings: int = 0
    held: int = 0

    def beat(self) -> Health:
        """How the gateway is, and begin to count readings anew."""
        rate = self.readings / REPORT_EVERY_S
        self.readings = 0
        figures = {
            "connections": self.connections,
            "turned_away": self.turned_away,
            "frames": self.frames,
            "broken": self.broken,
            "unkept": self.unkept,
            "garbage": self.garbage,
            "readings_per_s": rate,
            "held": self.held,
        }
        if self.held:
            detail = f"{self.held} messages wait to be stored"
            return _health("degraded", f"{self.held} 条报文等待入库", detail, figures)
        detail = f"{self.connections} stations connected, {rate:.0f} readings a second"
        return _health("ok", f"{self.connections} 个遥测站在线，每秒 {rate:.0f} 条", detail, figures)


def _health(state: str, detail_zh: str, detail_en: str, figures: Mapping[str, float]) -> Health:
    return Health(component=COMPONENT, state=state, detail_zh=detail_zh, detail_en=detail_en, figures=figures)
