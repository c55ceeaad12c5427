"""First light: a storm reaches the wall, an order reaches a phone, and its answer the wall."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk import sign_in

if TYPE_CHECKING:
    from tests.e2e.conftest import Provider, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SITE = "BK-carroll-st-4th-av-0ery00"
RED_DIAMOND = "level-4"  # the name of the mark with the colour and the shape of red
WITHIN_MS = 90_000  # the water needs real time to rise, at sixty times its pace
ON_MAP = """site => window.onemap.map.queryRenderedFeatures({layers: ["alarmed-icons"]})
    .find(f => f.properties.site_id === site)?.properties"""


def test_a_storm_from_the_sensor_to_the_wall_to_the_phone_and_back(
    browser: Browser, stage: "Stage", provider: "Provider", eventually: Callable[..., Any], pictures: Path | None
) -> None:
    wall = sign_in(browser, stage.demo.address, "officer", stage.demo.accounts.officer_password, (1280, 720))
    wall.keyboard.press("/")
    row = wall.get_by_test_id("site-row").and_(wall.locator(f'[data-site="{SITE}"]'))
    expect(row).to_have_attribute("data-level", "0")

    # The site goes red, in the list by word and shape, on the map by the mark of its level.
    expect(row).to_have_attribute("data-level", "4", timeout=WITHIN_MS)
    expect(row).to_contain_text("红")
    eventually(lambda: on_map(wall).get("mark") == RED_DIAMOND)
    assert wall.evaluate("name => window.onemap.map.hasImage(name)", RED_DIAMOND)

    # Its chart shows what was observed and what is forecast.
    row.click()
    chart = wall.get_by_test_id("chart")
    expect(chart).to_have_attribute("data-site", SITE)
    expect(chart).to_have_attribute("data-forecast", "4", timeout=30_000)
    expect(chart).to_have_attribute("data-observed", re.compile(r"[1-9]\d*"))
    close_list(wall)

    # The alarm is acknowledged.
    alarm = wall.get_by_test_id("alarm-row").and_(wall.locator(f'[data-site="{SITE}"]'))
    expect(alarm).to_have_attribute("data-state", "new")
    alarm.get_by_test_id("alarm-ack").click()
    expect(alarm).to_have_attribute("data-state", "acknowledged")

    # The order is confirmed, and pushed.
    wall.keyboard.press("/")
    wall.get_by_test_id("list-tab-orders").click()
    wall.get_by_test_id("list-search").fill("Carroll")
    order = wall.get_by_test_id("list").locator(f'[data-testid="order-row"][data-site="{SITE}"]')
    team, number = order.get_attribute("data-team"), order.get_attribute("data-order")
    assert team
    assert number
    order.get_by_test_id("order-confirm").click()
    expect(order).to_have_attribute("data-state", "sent", timeout=30_000)
    assert "Carroll" in pushed(provider, number)

    # A crew answers on its phone; the wall sees each step.
    phone = sign_in(browser, f"{stage.demo.address}field", *crew_of(stage, team), (390, 844))
    card = phone.get_by_test_id("task-card").and_(phone.locator(f'[data-order="{number}"]'))
    expect(card).to_have_attribute("data-state", "sent")
    if pictures:
        phone.screenshot(path=pictures / "field-390.png")
    for button, state in (("acknowledge", "acknowledged"), ("depart", "en_route"), ("arrive", "on_scene")):
        card.get_by_test_id(f"task-{button}").click()
        expect(order).to_have_attribute("data-state", state, timeout=15_000)


def on_map(wall: Page) -> dict[str, Any]:
    """What the map draws for the site: the properties of its feature."""
    return wall.evaluate(ON_MAP, SITE) or {}


def close_list(wall: Page) -> None:
    if wall.get_by_test_id("list-close").count():
        wall.get_by_test_id("list-close").click()


def pushed(provider: "Provider", number: str) -> str:
    """The push that speaks of this order."""
    while True:
        message = json.dumps(provider.received.get(timeout=20), ensure_ascii=False)
        if number in re.findall(r"\d+", message):
            return message


def crew_of(stage: "Stage", team: str) -> tuple[str, str]:
    for crew in json.loads(stage.demo.accounts.crews_file.read_text()):
        if crew["team_id"] == team:
            return crew["user"], crew["password"]
    raise AssertionError(f"no account for {team}")
