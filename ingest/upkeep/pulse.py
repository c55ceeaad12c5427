"""What upkeep says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from floodcore.store.health import REPORT_EVERY_S, Health

COMPONENT = "upkeep"
BEHIND = 200  # batches of ingest, 50 s of them: then the wall shows readings that nobody has judged. Guessed


@dataclass(kw_only=True)
class Pulse:
    """What the parts of the service notice, gathered for the next report.

    Attributes:
        spans: Looked at since the last report.
        archive_fault: Why old readings could not be archived; None while they can.
    """

    spans: int = 0
    archive_fault: str | None = None

    def beat(self, counts: Mapping[str, int]) -> Health:
        """How upkeep is, and begin to count anew.

        Args:
            counts: `waiting` batches that are not judged yet, and `unjudgeable` sensors.
        """
        figures = {**counts, "spans_per_s": self.spans / REPORT_EVERY_S}
        self.spans = 0
        if unjudgeable := counts["unjudgeable"]:
            zh = f"{unjudgeable} 个传感器的数据无法判定，详见日志"
            return _health("degraded", zh, f"{unjudgeable} sensors cannot be judged; see the log", figures)
        if self.archive_fault:
            return _health("degraded", "历史数据无法归档，全部保留在库", self.archive_fault, figures)
        if (waiting := counts["waiting"]) > BEHIND:
            return _health("degraded", f"{waiting} 批数据待判定", f"{waiting} batches wait to be judged", figures)
        return _health("ok", "数据质量判定与汇总正常", "readings are judged and summed up", figures)


def _health(state: str, zh: str, en: str, figures: Mapping[str, float]) -> Health:
    return Health(component=COMPONENT, state=state, detail_zh=zh, detail_en=en, figures=figures)
