"""A picture of a gauge with each of its faults, drawn from the gauges themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure

from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.bank import Bank
from simulators.instruments.faults import Fault
from simulators.instruments.rates import NONE, FaultRates
from simulators.instruments.sent import Sent
from simulators.world.minute import Minute

START = datetime(2021, 7, 19, 16, tzinfo=UTC)  # midnight in Zhengzhou
MINUTES = 1440
PEAK_H, RISE_H, FALL_H, PEAK_M = 10.0, 0.6, 2.0, 0.45  # of the water that is drawn; a course made up for the picture
POWER_H = (10.5, 16.0)  # without power, in the picture of its loss
CJK = ("Noto Sans CJK", "Noto Sans SC", "Source Han Sans", "WenQuanYi", "SimHei", "Microsoft YaHei", "PingFang")
COLUMNS = 4


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault as it is drawn: what it is called, and the gauge that has it."""

    title: str
    title_zh: str
    rates: FaultRates
    device_id: str = "gauge-1"
    kind: GaugeKind = GaugeKind.ULTRASONIC
    head_m: float | None = 3.0
    on_mains: bool = False
    hours: tuple[float, float] = (0.0, 24.0)


CASES = (
    Case(title="noise of 6 mm", title_zh="噪声", rates=replace(NONE, noise=1.0), hours=(12, 14)),
    Case(
        title="steps of a staff, 1 cm", title_zh="量化", rates=NONE, kind=GaugeKind.STAFF, head_m=None, hours=(12, 14)
    ),
    Case(title="lost messages, 7 %", title_zh="丢包", rates=replace(NONE, lost=0.07), hours=(12.5, 13.3)),
    Case(title="blips (6 a day, to be seen)", title_zh="单点跳变", rates=replace(NONE, blips_per_day=6.0)),
    Case(title="a chain of pulses", title_zh="连续脉冲", rates=replace(NONE, pulse_days=1.0)),
    Case(title="a box below the head", title_zh="遮挡", rates=replace(NONE, box_days=1.0), device_id="gauge-3"),
    Case(title="stuck", title_zh="卡滞", rates=replace(NONE, stuck_days=1.0), device_id="gauge-5"),
    Case(title="drift", title_zh="漂移", rates=replace(NONE, drift_share=1.0, drift_m=0.12), device_id="gauge-8"),
    Case(title="dead zone of a low head", title_zh="盲区", rates=NONE, head_m=0.6),
    Case(
        title="outage, kept and sent later", title_zh="断线补传", rates=replace(NONE, outages_per_day=3.0, stores=1.0)
    ),
    Case(title="outage, nothing kept", title_zh="断线丢失", rates=replace(NONE, outages_per_day=3.0, stores=0.0)),
    Case(title="mains lost 10:30 to 16:00", title_zh="市电中断", rates=NONE, on_mains=True),
    Case(
        title="weak battery, silent at night", title_zh="电池不足", rates=replace(NONE, weak_batteries=1, weak_nights=1)
    ),
    Case(
        title="clock off by up to 2 min",
        title_zh="时钟偏差",
        rates=replace(NONE, skewed=1.0, skew_s=120.0),
        device_id="gauge-6",
        hours=(9.3, 10.1),
    ),
    Case(title="wrong time zone, 8 h", title_zh="时区错误", rates=replace(NONE, wrong_zone=1.0), device_id="gauge-4"),
    Case(title="late and twice", title_zh="乱序与重复", rates=replace(NONE, late=0.1, duplicated=0.1), hours=(12, 14)),
)


def draw_faults(path: Path, cases: Sequence[Case] = CASES) -> None:
    """Draw a day of a gauge with each fault, as PNG; labels are in Chinese, too, where a font for it is installed.

    Grey is the truth. A point is what was sent, where the device says that it was; a ring is the same, where it was
    sent later than measured or again.
    """
    font = _chinese_font()
    families = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    with mpl.rc_context({"font.family": families, "font.size": 7.5, "axes.unicode_minus": False}):
        rows = -(-len(cases) // COLUMNS)
        figure = Figure(figsize=(12, 1.9 * rows), layout="constrained")
        for axes, case in zip(figure.subplots(rows, COLUMNS, squeeze=False).flat, cases, strict=False):
            axes.set_title(f"{case.title_zh} {case.title}" if font else case.title)
            _draw(axes, case)
        figure.supxlabel("hours of the local day")
        figure.supylabel("m over the road")
        figure.savefig(path, dpi=90, metadata={"Software": None})


def _chinese_font() -> str | None:
    installed = sorted({font.name for font in font_manager.fontManager.ttflist})
    return next((name for name in installed if name.startswith(CJK)), None)


def _draw(axes: Any, case: Case) -> None:
    hours = np.arange(MINUTES + 1) / 60
    axes.plot(hours, _water_m(hours), color="0.7", linewidth=2.5, solid_capstyle="round")
    sent = _day(case)
    held = [one for one in sent if one.faults & (Fault.STORED | Fault.LATE | Fault.DUPLICATE)]
    axes.plot(*_points(sent, case, [one.observed_at for one in sent]), ".", color="tab:blue", markersize=2)
    axes.plot(
        *_points(held, case, [one.due for one in held]), "o", color="tab:red", markersize=3.5, mfc="none", mew=0.6
    )
    axes.set_xlim(case.hours)
    if case.hours == (0.0, 24.0):
        axes.set_ylim(-0.12, 0.75)
        axes.set_xticks(range(0, 25, 6))
    else:
        shown = _water_m(np.linspace(*case.hours, 50))
        axes.set_ylim(shown.min() - 0.03, shown.max() + 0.03)


def _points(sent: Sequence[Sent], case: Case, at: Sequence[datetime]) -> tuple[list[float], list[float]]:
    hours = [(one - START) / timedelta(hours=1) for one in at]
    head_m = case.head_m if case.kind is GaugeKind.ULTRASONIC else None
    return hours, [one.value if head_m is None else head_m - one.value for one in sent]


def _day(case: Case) -> list[Sent]:
    """What the gauge sends of its water on the day."""
    gauge = Gauge(device_id=case.device_id, site_id="site", kind=case.kind, head_m=case.head_m, on_mains=case.on_mains)
    bank = Bank([gauge], START, 1, case.rates)
    sent: list[Sent] = []
    for number in range(1, MINUTES + 1):
        hour = number / 60
        minute = Minute(
            at=START + timedelta(minutes=number),
            depth_m=np.zeros(0),
            road_m=np.zeros(0),
            gauge=_water_m(np.array([hour])),
            has_power=np.array([not POWER_H[0] <= hour < POWER_H[1]]),
            rain_mm_h=np.zeros(0),
        )
        sent += bank.observe(minute)
    return [one for one in sent if one.quantity.value in ("level", "distance")]


def _water_m(hours: Any) -> Any:
    """Water that rises fast and falls slowly, in m; any shape."""
    since = (hours - PEAK_H + RISE_H) / RISE_H
    rising = PEAK_M * np.clip(since, 0, 1)
    return np.where(hours <= PEAK_H, rising, PEAK_M * np.exp(-np.maximum(hours - PEAK_H, 0) / FALL_H))
