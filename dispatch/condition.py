"""What dispatch says about itself. Pure."""

from collections.abc import Sequence

from floodcore.domain.site import Site
from floodcore.store.health import Health

NAMED = 3  # sites in one short sentence


def condition(*, open_incidents: int, waiting: int, unmet: Sequence[Site], is_listening: bool) -> Health:
    """Dispatch's health: degraded while somebody waits in vain, or while a silence would go unnoticed.

    Args:
        open_incidents: With water, now.
        waiting: Orders that wait for a person's confirmation.
        unmet: Sites for whose incident no suitable team is free.
        is_listening: Whether readings come in.
    """
    zh, en = f"{open_incidents} 处险情，{waiting} 条指令待确认", f"{open_incidents} open, {waiting} to be confirmed"
    if unmet:
        more_zh, more_en = ("等", " and others") if len(unmet) > NAMED else ("", "")
        zh += f"；{len(unmet)} 处无队可派：{'、'.join(site.name for site in unmet[:NAMED])}{more_zh}"
        en += f"; no team for {', '.join(site.name_en or site.name for site in unmet[:NAMED])}{more_en}"
    if not is_listening:
        zh += "；数据未接入，无法判断传感器失联"
        en += "; no readings come in, so a silent sensor would not be noticed"
    return Health(
        component="dispatch",
        state="degraded" if unmet or not is_listening else "ok",
        detail_zh=zh,
        detail_en=en,
        figures={"open_incidents": open_incidents, "waiting_confirmation": waiting, "unmet": len(unmet)},
    )
