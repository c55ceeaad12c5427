"""What a place under water needs, by its kind and level: skills, and the sentence that tells a crew what to do.

A starting table after the measures 关、降、停、撤、拆 and the default ladder (15 cm attention, 27 close,
40 stop everything and confirm power-off, 50 rescue). Which skill belongs to which step is our reading of them, not a
city's plan.
"""

from dataclasses import dataclass

from floodcore.domain.levels import Level
from floodcore.domain.site import SiteKind
from floodcore.domain.team import Skill


@dataclass(frozen=True)
class Need:
    """Skills that are asked for, and the task in both languages."""

    skills: frozenset[Skill]
    zh: str
    en: str


def _need(skills: set[Skill], zh: str, en: str) -> Need:
    return Need(frozenset(skills), zh, en)


_BLUE, _YELLOW, _ORANGE, _RED = (Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED)
_CLOSE, _PUMP, _POWER, _RESCUE = (Skill.CLOSE_ROAD, Skill.PUMP, Skill.POWER, Skill.RESCUE)

ROAD: dict[Level, Need] = {
    _BLUE: _need({_CLOSE}, "到场警戒，引导车辆慢行", "guard the place and slow the traffic"),
    _YELLOW: _need({_CLOSE}, "封闭积水车道，引导绕行", "close the flooded lanes and divert the traffic"),
    _ORANGE: _need({_CLOSE, _PUMP}, "全线禁行，抽排积水", "stop all traffic and pump"),
    _RED: _need({_CLOSE, _RESCUE}, "全线禁行，搜救被困人员", "stop all traffic and fetch people out"),
}
UNDERPASS: dict[Level, Need] = {
    _BLUE: _need({_CLOSE}, "到场值守，准备封闭", "stand by and prepare to close"),
    _YELLOW: _need({_CLOSE}, "立即封闭隧道，劝返车辆", "close the underpass now and turn vehicles back"),
    _ORANGE: _need({_CLOSE, _POWER}, "全线禁行，确认断电", "stop everything and confirm that the power is off"),
    _RED: _need(
        {_CLOSE, _RESCUE}, "全线禁行，搜救被困人员，确认断电", "fetch people out; confirm that the power is off"
    ),
}
RIVER: dict[Level, Need] = {
    _BLUE: _need({_CLOSE}, "沿河巡查，关闭亲水步道", "patrol the bank and close the waterside paths"),
    _YELLOW: _need({_CLOSE}, "封闭沿河道路", "close the roads along the bank"),
    _ORANGE: _need({_CLOSE, _RESCUE}, "准备转移沿岸人员", "prepare to move people away from the bank"),
    _RED: _need({_CLOSE, _RESCUE}, "立即转移沿岸人员", "move people away from the bank now"),
}
WELL: dict[Level, Need] = {
    _BLUE: _need({_PUMP}, "检查井盖防坠网，疏通雨水口", "check the fall nets and clear the inlets"),
    _YELLOW: _need({_PUMP}, "抽排降水位", "pump the level down"),
    _ORANGE: _need({_PUMP}, "抽排降水位，围挡井口", "pump the level down and fence the manholes"),
    _RED: _need({_PUMP, _CLOSE}, "围挡井口，封闭道路，抽排", "fence the manholes, close the road and pump"),
}
BY_KIND = {
    SiteKind.UNDERPASS: UNDERPASS,
    SiteKind.RIVER: RIVER,
    SiteKind.TIDE: RIVER,
    SiteKind.WELL: WELL,
    SiteKind.PUMP: WELL,
}


def need_of(kind: SiteKind, level: Level) -> Need:
    """What a site of this kind needs at a level from BLUE to RED; a kind without a table is a road."""
    return BY_KIND.get(kind, ROAD)[level]
