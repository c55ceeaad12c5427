"""What a user must know of an imported network: what was assumed, what was changed, what is missing."""

from simulators.engine.clocked import unknown_sections
from simulators.engine.inp import Inp
from simulators.engine.layout import Layout
from simulators.engine.ponding import OVER_RIM_M, SPREADS_M2, is_dynamic
from simulators.engine.rain import OwnRain

Note = tuple[str, str]


def notes_of(inp: Inp, layout: Layout, rain: OwnRain) -> tuple[Note, ...]:
    """Notes in both languages."""
    return (_place(layout), *_scaled(layout), _streets(), *_water(inp), *_rain(rain), *_left_out(inp))


def _place(layout: Layout) -> Note:
    if layout.is_degrees:
        return "模型坐标按经纬度读取。", "The model's coordinates are read as longitude and latitude."
    if layout.is_own:
        return (
            "模型坐标的坐标系未知：按原形状置于郑州市中心周围，并非真实位置。",
            "The model's coordinates are in no stated system; they are laid around Zhengzhou, not where they lie.",
        )
    return (
        "模型没有可用坐标：节点位置按管网拓扑虚构。",
        "The model has no coordinates that can be used: its nodes are laid out by the network alone, invented.",
    )


def _scaled(layout: Layout) -> list[Note]:
    if layout.is_degrees or layout.scale == 1.0:
        return []
    return [
        (
            f"地图比例与管长不符，已按 {layout.scale:.3g} 倍缩放。",
            f"The map's scale does not fit the lengths of the pipes; it is scaled by {layout.scale:.3g}.",
        )
    ]


def _streets() -> Note:
    return (
        "道路为虚构：沿每条管段一条；监测设备由系统布置，不属于原模型。",
        "Streets are invented, one along each link; the gauges are ours and not the model's.",
    )


def _water(inp: Inp) -> list[Note]:
    zh = (
        f"溢出水量保留在路面：未给出积水面积的节点假定为 {SPREADS_M2:.0f} m²，"
        f"蓄水节点向上延伸 {OVER_RIM_M:.0f} m；井口即路面。"
    )
    en = (
        f"Water that comes up is kept on the road: on {SPREADS_M2:.0f} m2 where the model gives no ponded area"
        f" (assumed), and stores go on {OVER_RIM_M:.0f} m over their rim; the rim is taken as the road."
    )
    found = [(zh, en)]
    if not is_dynamic(inp):
        found.append(
            (
                "原模型不用动力波演算，已改为动力波，否则没有路面水深。",
                "The model does not route by the dynamic wave; it does here, since others know no depth over a rim.",
            )
        )
    return found


def _rain(rain: OwnRain) -> list[Note]:
    found = [
        (
            f"雨量文件 {name} 缺失或无法读取，对应雨量计不降雨。",
            f"The rain file {name} is missing or cannot be read; its gages bring no rain of their own.",
        )
        for name in rain.lost
    ]
    if not rain.knots_s:
        found.append(
            (
                "模型没有雨量计：雨水不进入管网。",
                "The model has no rain gage: only its own inflows bring water, no storm does.",
            )
        )
    elif rain.total_mm <= 0:
        found.append(("模型没有可用的降雨，使用系统的暴雨。", "The model brings no rain; a storm of ours falls on it."))
    return found


def _left_out(inp: Inp) -> list[Note]:
    gone = [*unknown_sections(inp), *(name for name in ("FILES", "EVENTS") if inp.rows(name))]
    if inp.rows("RDII"):
        gone.append("RDII")
    if not gone:
        return []
    names = ", ".join(f"[{name}]" for name in gone)
    return [(f"未使用：{names}。", f"Left out: {names}.")]
