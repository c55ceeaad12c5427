"""What the service counts, and the sentence it says about it."""

from dataclasses import dataclass
from datetime import datetime

from floodcore.domain.forecast import ISSUE_EVERY
from floodcore.store.health import Health


@dataclass
class Pulse:
    """Since the process began; `skipped` counts the issue times before that too, back to the run before."""

    is_leading: bool = False
    runs: int = 0
    sites: int = 0
    seconds: float = 0.0
    skipped: int = 0
    last: datetime | None = None

    def issued(self, issue_time: datetime, *, sites: int, seconds: float) -> None:
        """Count one issue time; `seconds` are real ones."""
        self.runs += 1
        self.last, self.sites, self.seconds = issue_time, sites, seconds

    def beat(self, now: datetime) -> Health:
        """How it goes: degraded once the newest run is two issue times old."""
        figures = {"runs": self.runs, "sites": self.sites, "seconds": round(self.seconds, 3), "skipped": self.skipped}
        if self.last is None:
            zh, en = "等待首个预报时次", "Waiting for the first issue time."
        else:
            zh = f"上一时次 {self.sites} 处，用时 {self.seconds:.1f} 秒；错过 {self.skipped} 个时次"
            en = f"Last run: {self.sites} sites in {self.seconds:.1f} s; {self.skipped} issue times skipped."
        is_late = self.last is not None and now - self.last >= 2 * ISSUE_EVERY
        return Health(
            component="forecast", state="degraded" if is_late else "ok", detail_zh=zh, detail_en=en, figures=figures
        )
