"""What ingest says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from floodcore.store.health import REPORT_EVERY_S, Health


@dataclass(kw_only=True)
class Pulse:
    """What the parts of the service notice, gathered for the next report.

    Attributes:
        readings: Taken in by this copy since the last report.
        held: Messages of a batch that the database does not take now; none of them is acknowledged.
    """

    readings: int = 0
    held: int = 0

    def beat(self, totals: Mapping[str, int], *, is_connected: bool) -> Health:
        """How ingest is, and begin to count anew.

        Args:
            totals: Of all copies since the database was made: stored, duplicate, conflict, quarantined.
            is_connected: Whether the broker is there.
        """
        rate = self.readings / REPORT_EVERY_S
        self.readings = 0
        figures = {**totals, "readings_per_s": rate, "held": self.held}
        if not is_connected:
            return _health("degraded", "与消息服务器断开，正在重连", "the broker is away; connecting again", figures)
        if self.held:
            detail = f"{self.held} messages wait to be stored"
            return _health("degraded", f"{self.held} 条消息等待入库", detail, figures)
        return _health("ok", f"正常接收，每秒 {rate:.0f} 条", f"receiving {rate:.0f} readings a second", figures)


def _health(state: str, detail_zh: str, detail_en: str, figures: Mapping[str, float]) -> Health:
    return Health(component="ingest", state=state, detail_zh=detail_zh, detail_en=detail_en, figures=figures)
