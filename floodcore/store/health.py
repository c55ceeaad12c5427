"""What each service says about itself, for the wall's data-link panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("health")
REPORT_EVERY_S = 5.0  # real seconds
SILENT_AFTER_S = 20.0  # a service that has not reported for so long is taken to be down


@dataclass(frozen=True, kw_only=True)
class Health:
    """One component: `state` is ok, degraded or down; the details are one short sentence each."""

    component: str
    state: str
    detail_zh: str
    detail_en: str
    figures: Mapping[str, float] = field(default_factory=dict)


async def report(connection: Connection, health: Health) -> None:
    """Say how a component is, now."""
    await connection.execute(
        SQL["report"],
        {
            "component": health.component,
            "state": health.state,
            "detail_zh": health.detail_zh,
            "detail_en": health.detail_en,
            "at": datetime.now(UTC),
            "figures": Jsonb(dict(health.figures)),
        },
    )


async def reports(connection: Connection) -> list[dict[str, Any]]:
    """What every component said last: the columns of service_health; `at` is real time."""
    return await fetch_all(connection, SQL["all"])
