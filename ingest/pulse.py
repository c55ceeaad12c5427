"""What ingest says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from floodcore.store.health import REPORT_EVERY_S, Health

FIRST = "1"  # the instance of whoever sets none


def component(instance: str) -> str:
    """What a copy's health is told under: each has a line of its own, and the one that is alone has the plain name."""
    return "ingest" if instance == FIRST else f"ingest-{instance}"


@dataclass(kw_only=True)
class Pulse:
    """What the parts of the service notice, gathered for the next report.

    Attributes:
        component: Of this copy.
        readings: Taken in by this copy since the last report.
        held: Messages of a batch that the database does not take now; none of them is acknowledged.
    """

    component: str
    readings: int = 0
    held: int = 0

    def beat(self, totals: Mapping[str, int], *, is_connected: bool) -> Health:
        """How ingest is, and begin to count anew.

        Args:
            totals: Of all copies since the database was made: stored, duplicate, conflict, quarantined; and dropped, of
                this copy since it began: messages of QoS 0 for which there was no room.
            is_connected: Whether the broker is there.
        """
        rate = self.readings / REPORT_EVERY_S
        self.readings = 0
        figures = {**totals, "readings_per_s": rate, "held": self.held}
        if not is_connected:
            return self._health(
                "degraded", "与消息服务器断开，正在重连", "the broker is away; connecting again", figures
            )
        if self.held:
            detail = f"{self.held} messages wait to be stored"
            return self._health("degraded", f"{self.held} 条消息等待入库", detail, figures)
        return self._health("ok", f"正常接收，每秒 {rate:.0f} 条", f"receiving {rate:.0f} readings a second", figures)

    def _health(self, state: str, detail_zh: str, detail_en: str, figures: Mapping[str, float]) -> Health:
        return Health(component=self.component, state=state, detail_zh=detail_zh, detail_en=detail_en, figures=figures)
