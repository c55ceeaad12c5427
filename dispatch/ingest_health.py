"""Whether readings come in and are judged: ingest and upkeep say so themselves, every few seconds."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from floodcore.store import health

# Real seconds. A report that is half an interval overdue: so long may ingest have been away before we notice. Guessed;
# shorter would take a busy machine for a dead one.
DEAF_AT_MOST_S = 1.5 * health.REPORT_EVERY_S
GIVEN_UP_AFTER = timedelta(days=1)  # a copy that has said nothing for so long was taken away on purpose


def all_well(reports: Iterable[Mapping[str, Any]], real_now: datetime) -> bool:
    """Whether all copies of ingest that are in use are well and have said so just now; none at all is not well.

    Args:
        reports: Of all services: `component`, `state` and `at`; copies of ingest are called ingest, ingest-2, ...
        real_now: The machine's time, as the reports have it.
    """
    copies = [one for one in reports if one["component"] == "ingest" or one["component"].startswith("ingest-")]
    in_use = [one for one in copies if real_now - one["at"] < GIVEN_UP_AFTER]
    fresh = timedelta(seconds=DEAF_AT_MOST_S)
    return bool(in_use) and all(one["state"] == "ok" and real_now - one["at"] < fresh for one in in_use)


def is_judged(reports: Iterable[Mapping[str, Any]], real_now: datetime) -> bool:
    """Whether new readings are judged: upkeep has said just now that it is there. Who waits for it else waits in vain.

    Args:
        reports: Of all services, as above.
        real_now: The machine's time, as the reports have it.
    """
    fresh = timedelta(seconds=DEAF_AT_MOST_S)
    return any(one["component"] == "upkeep" and real_now - one["at"] < fresh for one in reports)
