"""What ingest says about itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from floodcore.store.health import REPORT_EVERY_S, Health
from ingest.decode import Decoded
from ingest.spool import Waiting
from ingest.storing import Outcome

FIRST = "1"  # the instance of whoever sets none


def component(instance: str) -> str:
    """What a copy's health is told under: each has a line of its own, and the one that is alone has the plain name."""
    return "ingest" if instance == FIRST else f"ingest-{instance}"


@dataclass(kw_only=True)
class Counts:
    """Records of this copy since it began, each counted once on arrival and once when it is settled.

    `received = stored + duplicate + conflict + quarantined + in_flight`, whatever is killed, away or in contradiction.
    A delivery that comes again is received again, and ends as a duplicate.
    """

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    conflict: int = 0
    quarantined: int = 0

    @property
    def settled(self) -> int:
        """Records whose fate is in the database."""
        return self.stored + self.duplicate + self.conflict + self.quarantined


@dataclass(frozen=True, kw_only=True)
class Link:
    """How the copy stands with the broker: `dropped` counts messages of QoS 0 for which there was no room."""

    is_connected: bool
    dropped: int = 0


@dataclass(kw_only=True)
class Pulse:
    """What the parts of the service notice, gathered for the next report.

    Attributes:
        instance: Name of this copy.
        counts: Since it began.
        taken: Records taken in since the last report.
        batches: Batches stored since the last report, and the messages in them.
        slowest: The longest that news has waited from its arrival to the commit since the last report; real seconds.
        in_hand: Records that have arrived, wait in no spool and are not settled.
        in_spool: Records that wait there. The spool counts on its own threads, and would be a batch ahead of us.
    """

    instance: str
    counts: Counts = field(default_factory=Counts)
    taken: int = 0
    batches: int = 0
    batched: int = 0
    slowest: timedelta = timedelta(0)
    in_hand: int = 0
    in_spool: int = 0

    def arrived(self, batch: Sequence[Decoded]) -> None:
        """These have come."""
        records = sum(one.records for one in batch)
        self.counts.received += records
        self.taken += records
        self.in_hand += records

    def settled(self, outcome: Outcome, batch: Sequence[Decoded]) -> None:
        """These are in the database."""
        self.counts.stored += outcome.stored
        self.counts.duplicate += outcome.duplicate
        self.counts.conflict += outcome.conflict
        self.counts.quarantined += outcome.quarantined
        self.batches += 1
        self.batched += len(batch)

    def took_over(self, records: int) -> None:
        """So many records wait in the spool since the process before us."""
        self.counts.received += records
        self.in_spool += records

    def stored_at_once(self, batch: Sequence[Decoded], waited: timedelta) -> None:
        """These went from hand into the database, so long after they came."""
        self.in_hand -= sum(one.records for one in batch)
        self.slowest = max(self.slowest, waited)

    def put_by(self, batch: Sequence[Decoded], known: int) -> None:
        """These went from hand into the spool; so many of their records were in it already."""
        records = sum(one.records for one in batch)
        self.in_hand -= records
        self.in_spool += records - known
        self.counts.duplicate += known

    def drained(self, records: int) -> None:
        """So many records went from the spool into the database."""
        self.in_spool -= records

    def beat(self, link: Link, waiting: Waiting, *, is_away: bool) -> Health:
        """How ingest is, and begin to gather anew.

        Args:
            link: To the broker.
            waiting: In the spool.
            is_away: Whether the database is.
        """
        figures = {
            "received": self.counts.received,
            "stored": self.counts.stored,
            "duplicate": self.counts.duplicate,
            "conflict": self.counts.conflict,
            "quarantined": self.counts.quarantined,
            "in_flight": self.in_hand + self.in_spool,
            "dropped": link.dropped,
            "readings_per_s": self.taken / REPORT_EVERY_S,
            "batch_messages": self.batched / self.batches if self.batches else 0,
            "queue_age_s": self.slowest.total_seconds(),
            "spool_messages": waiting.messages,
            "spool_bytes": waiting.size,
            "held": waiting.live,
        }
        self.taken, self.batches, self.batched, self.slowest = 0, 0, 0, timedelta(0)
        state, detail_zh, detail_en = self._word(link, waiting, figures["readings_per_s"], is_away=is_away)
        return Health(
            component=component(self.instance), state=state, detail_zh=detail_zh, detail_en=detail_en, figures=figures
        )

    def _word(self, link: Link, waiting: Waiting, per_s: float, *, is_away: bool) -> tuple[str, str, str]:
        if not link.is_connected:
            return "degraded", "与消息服务器断开，正在重连", "the broker is away; connecting again"
        # What was news when it came and waits still may be a gauge's last word: nobody may take it for silence.
        if is_away or waiting.live:
            return "degraded", f"{waiting.live} 条消息等待入库", f"{waiting.live} messages wait to be stored"
        if waiting.messages:
            zh = f"实时正常，每秒 {per_s:.0f} 条；补传 {waiting.messages} 条待入库"
            return "ok", zh, f"receiving {per_s:.0f} readings a second; {waiting.messages} older messages wait"
        return "ok", f"正常接收，每秒 {per_s:.0f} 条", f"receiving {per_s:.0f} readings a second"
