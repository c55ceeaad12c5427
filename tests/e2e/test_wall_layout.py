"""The wall in the middle of a storm, at the sizes of real walls: nothing overlaps, wraps or runs off."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.desk import sign_in

if TYPE_CHECKING:
    from tests.e2e.conftest import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

FAULTS = Path(__file__).with_name("layout.js").read_text()
SIZES = ((1280, 720), (1920, 1080), (3840, 2160))
STORM_IS_ON = """() => {
    const {alarms = {}, orders = {}} = window.onemap?.state.topics ?? {};
    const count = (topic, field, value) => Object.values(topic).filter(one => one[field] === value).length;
    return count(alarms, "level", 4) >= 2 && count(orders, "state", "on_scene") >= 1;
}"""

DRAWN = """() => window.onemap.map.areTilesLoaded()
    && window.onemap.map.queryRenderedFeatures({layers: ["alarmed-icons"]}).length > 0"""
IDLE = """() => new Promise(done => {
    window.onemap.map.once("idle", () => done(true));
    window.onemap.map.triggerRepaint();
})"""


def test_at_every_size_and_in_both_languages_all_is_in_its_place(
    browser: Browser, full_stage: "Stage", eventually: Callable[..., Any], pictures: Path | None
) -> None:
    wall = sign_in(browser, full_stage.demo.address, "officer", full_stage.demo.accounts.officer_password, SIZES[0])
    eventually(lambda: wall.evaluate(STORM_IS_ON), within_s=90)
    wall.keyboard.press("j")
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.keyboard.press("f")
        check(wall, eventually)
        if pictures and width >= 1920:
            take(wall, eventually, pictures / f"wall-{width}.png")
    wall.get_by_test_id("language-switch").click()
    wall.set_viewport_size({"width": 1920, "height": 1080})
    check(wall, eventually)
    if pictures:
        take(wall, eventually, pictures / "wall-1920-en.png")


def check(wall: Page, eventually: Callable[..., Any]) -> None:
    """Rows settle within some frames after a change of size; what is wrong then is wrong."""
    found: list[list[str]] = [[]]

    def is_right() -> bool:
        found[0] = wall.evaluate(FAULTS)
        return not found[0]

    try:
        eventually(is_right, within_s=10)
    except AssertionError:
        pytest.fail(f"at {wall.viewport_size}: {'; '.join(found[0])}")


def take(wall: Page, eventually: Callable[..., Any], file: Path) -> None:
    eventually(lambda: wall.evaluate(DRAWN))
    wall.evaluate(IDLE)
    wall.screenshot(path=file, timeout=120_000)
