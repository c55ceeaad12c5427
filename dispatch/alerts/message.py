"""What a crew reads on its phone. Pure."""

from dataclasses import dataclass

from dispatch.needs import need_of
from floodcore.domain.levels import Level
from floodcore.domain.site import SiteKind

LEVEL_ZH = {Level.BLUE: "蓝色", Level.YELLOW: "黄色", Level.ORANGE: "橙色", Level.RED: "红色"}


@dataclass(frozen=True)
class Message:
    """Title and text."""

    title: str
    body: str


def message_for(
    *, order_id: int, team: str, site: str, kind: SiteKind, level: Level, depth_m: float, mark: str = ""
) -> Message:
    """The push for an order.

    Args:
        order_id: The order's number.
        team: The team's name.
        site: The place's name.
        kind: What kind of place it is.
        level: BLUE to RED.
        depth_m: Newest depth in metres.
        mark: 演练 or 回放, where it is not meant.
    """
    title = f"【{LEVEL_ZH[level]}】{site}积水 {depth_m * 100:.0f} 厘米"
    lines = (
        f"调度指令 {order_id} 号：{team}",
        f"任务：{need_of(kind, level).zh}",
        "请打开 /field 点“收到”。",
    )
    return Message(title=f"【{mark}】{title}" if mark else title, body="\n".join(lines))
