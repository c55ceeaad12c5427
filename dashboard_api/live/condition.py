"""Health as clients see it: what the services say about themselves, and what the API sees of the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from dashboard_api.live.objects import Health, Reading
from floodcore.store.health import SILENT_AFTER_S

SILENT = timedelta(seconds=SILENT_AFTER_S)


def service_health(
    rows: Iterable[Mapping[str, Any]], real_now: datetime, in_room: Callable[[datetime], datetime]
) -> dict[str, Health]:
    """What the services said last; one that has fallen silent is down.

    Args:
        rows: Columns of service_health; `at` is real time.
        real_now: Real time when they were read.
        in_room: The room's time at a real moment.
    """
    return {row["component"]: _service(row, in_room(row["at"]), real_now - row["at"] > SILENT) for row in rows}


def settled(before: Health | None, after: Health, fresh_for: timedelta) -> Health:
    """The newer of two, or the older where only its time differs and not by much: no news every second."""
    if before and replace(after, at=before.at) == before and after.at - before.at < fresh_for:
        return before
    return after


def _service(row: Mapping[str, Any], at: datetime, is_silent: bool) -> Health:
    told = Health(
        state=row["state"], detail_zh=row["detail_zh"], detail_en=row["detail_en"], at=at, figures=row["figures"]
    )
    if not is_silent:
        return told
    return replace(
        told,
        state="down",
        detail_zh=f"超过 {SILENT_AFTER_S:.0f} 秒没有报告",
        detail_en=f"no report for more than {SILENT_AFTER_S:.0f} s",
    )


def database_health(now: datetime, *, is_there: bool) -> Health:
    """Whether the API reaches the database."""
    if is_there:
        return Health(state="ok", detail_zh="数据库正常", detail_en="the database answers", at=now, figures={})
    return Health(
        state="down",
        detail_zh="数据库不可达，画面停在最后状态",
        detail_en="the database is away; what you see is the last known state",
        at=now,
        figures={},
    )


def broker_health(now: datetime, *, is_there: bool) -> Health:
    """Whether the API reaches the broker."""
    if is_there:
        return Health(state="ok", detail_zh="消息服务器正常", detail_en="the broker answers", at=now, figures={})
    return Health(
        state="down",
        detail_zh="消息服务器不可达，改为定时查询",
        detail_en="the broker is away; the database is polled instead",
        at=now,
        figures={},
    )


def sensor_health(readings: Iterable[Reading], total: int, now: datetime) -> Health:
    """How many of the register's sensors are there; one that never reported counts in `total` only."""
    links = Counter(reading.link for reading in readings)
    figures = {"online": links["online"], "stale": links["stale"], "offline": links["offline"], "total": total}
    online = links["online"]
    return Health(
        state="ok" if online == total else "degraded" if online else "down",
        detail_zh=f"{online}/{total} 传感器在线",
        detail_en=f"{online} of {total} sensors online",
        at=now,
        figures={name: float(count) for name, count in figures.items()},
    )
