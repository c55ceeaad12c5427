"""`bench fleet`: 5,000 simulated gauges in a storm at its own pace, beside everything that listens to them."""

import asyncio
from datetime import timedelta
from typing import Any

from onemap.demo.plan import Plan, act_for
from onemap.demo.run import Demo
from onemap.engines.kept import free_port
from onemap.engines.prefix import provision
from onemap.engines.sets import ENGINES
from onemap.home import Home
from onemap.progress import phase


def run(*, gauges: int, lasts: timedelta) -> dict[str, float]:
    """The figures.

    `published`, `stored`, `duplicate`, `quarantined`: readings. `unaccounted`: what is missing in the identity of
    ingest. `readings_s`: readings published in a second. `p50_s`, `p95_s`: from the sensor to a wall. `world_rss_mb`,
    `ingest_rss_mb`: peaks.

    Args:
        gauges: How many there are.
        lasts: How long they report, real time, which is the storm's own.
    """
    home = Home.from_environment()
    provision(ENGINES, home)
    return asyncio.run(_run(home, gauges, lasts))


async def _run(home: Home, gauges: int, lasts: timedelta) -> dict[str, float]:
    with phase("making a city of many gauges"):
        act = await asyncio.to_thread(act_for, None, gauges=gauges)
    plan = Plan(act=act, speed=1.0, port=int(free_port()))
    async with Demo(home, plan) as stage:
        with phase(f"{gauges:,} gauges for {lasts}") as update:
            for second in range(round(lasts.total_seconds())):
                await asyncio.sleep(1)
                update((second + 1) / lasts.total_seconds())
        with phase("letting the last readings arrive"):
            summary = await stage.finish()
    return _figures(summary, gauges, lasts)


def _figures(summary: dict[str, Any], gauges: int, lasts: timedelta) -> dict[str, float]:
    settled = sum(summary[name] for name in ("stored", "duplicate", "conflict", "quarantined"))
    peaks = summary["peak_rss_mb"]
    return {
        "devices": gauges,
        "published": summary["published"],
        "stored": summary["stored"],
        "duplicate": summary["duplicate"],
        "quarantined": summary["quarantined"],
        "unaccounted": summary["published"] - settled,
        "readings_s": round(summary["published"] / lasts.total_seconds(), 1),
        "p50_s": summary["latency_s"]["p50"],
        "p95_s": summary["latency_s"]["p95"],
        "world_rss_mb": peaks["fleet"],
        "ingest_rss_mb": peaks["ingest"],
    }
