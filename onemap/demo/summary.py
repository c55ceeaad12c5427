"""What one run did, in figures: the same names as `demo --json`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.readings import totals
from onemap.state import Report

RUNS = "SELECT count(*) AS n FROM forecast_run"
INCIDENTS = "SELECT count(*) AS opened, count(closed_at) AS closed FROM incident"
ORDERS = "SELECT state, count(*) AS n FROM dispatch_order GROUP BY state ORDER BY state"

LABELS = {
    "published": "发布 readings published",
    "stored": "入库 stored",
    "duplicate": "重复 duplicate",
    "conflict": "冲突 conflicting",
    "quarantined": "隔离 quarantined",
    "replayed": "其中重放 of these replayed",
    "forecast_runs": "预报 forecast runs",
    "incidents_opened": "险情开启 incidents opened",
    "incidents_closed": "险情关闭 incidents closed",
    "orders": "指令 orders",
    "latency_s": "传感器到大屏 sensor to wall, s",
    "peak_rss_mb": "内存峰值 peak memory, MB",
}


async def summarise(
    connection: Connection,
    *,
    published: int,
    latency_s: Mapping[str, float | None],
    reports: Mapping[str, Report],
) -> dict[str, Any]:
    """The figures of a run.

    Args:
        connection: To the run's database.
        published: Readings that the fleet sent, repeats included.
        latency_s: p50 and p95, real seconds.
        reports: The supervised processes.
    """
    runs = await fetch_one(connection, RUNS)
    incidents = await fetch_one(connection, INCIDENTS)
    assert runs and incidents
    return {
        "published": published,
        **await totals(connection),
        "forecast_runs": runs["n"],
        "incidents_opened": incidents["opened"],
        "incidents_closed": incidents["closed"],
        "orders": {row["state"]: row["n"] for row in await fetch_all(connection, ORDERS)},
        "latency_s": dict(latency_s),
        "peak_rss_mb": {name: report.peak_rss_mb for name, report in reports.items()},
    }


def show(summary: Mapping[str, Any], console: Console) -> None:
    """Print the figures as a table."""
    table = Table(show_header=False)
    for name, label in LABELS.items():
        value = summary[name]
        text = "  ".join(f"{key} {part}" for key, part in value.items()) if isinstance(value, dict) else f"{value:,}"
        table.add_row(label, text or "0")
    console.print(table)


def published_of(counts_file: Path) -> int:
    """How many readings the fleet has sent so far, repeats included."""
    if not counts_file.exists():
        return 0
    counts = json.loads(counts_file.read_text())
    return int(counts["published"]) + int(counts["resent"])
