"""A simulated city on the wall: the mode across the header, the deployer's own layers, and how real they are."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from onemap.demo.plan import Plan, act_for
from onemap.demo.run import Demo
from onemap.engines.kept import free_port
from onemap.home import Home
from tests.e2e.conftest import SPEED, Stage
from tests.e2e.desk import sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WEST, EAST, SOUTH, NORTH = -74.30, -73.65, 40.45, 40.95  # around the streets of the shipped storm
SCENE = {
    "ONEMAP_MODE": "simulation",
    "ONEMAP_SCENE__TITLE": "一场构造的暴雨",
    "ONEMAP_SCENE__TITLE_EN": "A constructed cloudburst",
    "ONEMAP_SCENE__NOTE": "雨型、路网为构造",
    "ONEMAP_SCENE__NOTE_EN": "Its rain and roads are constructed.",
}
DRAWN = """layer => [...new Set(
    window.onemap.map.queryRenderedFeatures({layers: [layer]}).map(f => f.properties.name)  // once for each tile
)].sort()"""
VISIBLE = """layer => window.onemap.map.getLayoutProperty(layer, "visibility") !== "none" """
MIDDLE = """([lon, lat]) => {
    const map = window.onemap.map, box = map.getCanvas().getBoundingClientRect(), at = map.project([lon, lat]);
    return [box.left + at.x, box.top + at.y];
}"""


def line(name: str, provenance: str, lat: float, **more: str) -> dict[str, Any]:
    """A course from west to east through the whole view."""
    properties = {"name": name, "name_en": f"{name} in English", "provenance": provenance, **more}
    geometry = {"type": "LineString", "coordinates": [[WEST, lat], [EAST, lat]]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def own_layers(tmp_path: Path) -> Path:
    """A river, two roads, a drain, and a file that is no layer."""
    layers = {
        "rivers": [line("R", "approximate", 40.60)],
        "roads": [line("E", "invented", 40.70, kind="expressway"), line("S", "invented", 40.80, kind="street")],
        "drains": [line("D", "invented", 40.65)],
    }
    for name, features in layers.items():
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (tmp_path / f"{name}.geojson").write_text(text)
    (tmp_path / "tunnels.geojson").write_text("{")
    return tmp_path


@pytest.fixture
def city_stage(make_home: Callable[[], Home], own_layers: Path) -> Iterator[Stage]:
    """The shipped storm as if it were simulated, over layers of the deployer."""
    plan = Plan(act=act_for("floodnet-2023-09-29"), speed=SPEED, port=int(free_port()), people=False)
    with Stage(Demo(make_home(), plan, settings={**SCENE, "ONEMAP_MAP__LAYERS": str(own_layers)})) as running:
        yield running


def test_a_simulation_says_so_and_shows_its_city_with_how_real_it_is(
    browser: Browser, city_stage: Stage, eventually: Callable[..., Any]
) -> None:
    accounts = city_stage.demo.accounts
    wall = sign_in(browser, city_stage.demo.address, "officer", accounts.officer_password, (1280, 720))

    # The mode and the scene stand across the header.
    banner = wall.get_by_test_id("mode-banner")
    expect(banner).to_have_attribute("data-mode", "simulation")
    expect(banner).to_contain_text("模拟演练")
    expect(banner).to_contain_text("一场构造的暴雨")

    eventually(lambda: wall.evaluate("() => window.onemap !== undefined"), within_s=60)

    # River and roads are drawn; drains wait to be asked for; what cannot be read is not there.
    eventually(lambda: wall.evaluate(DRAWN, "rivers-lines") == ["R"], within_s=60)
    eventually(lambda: wall.evaluate(DRAWN, "roads-lines") == ["E", "S"], within_s=30)
    assert wall.evaluate(VISIBLE, "drains-lines") is False
    expect(wall.get_by_test_id("provenance-key")).to_contain_text("近似")
    expect(wall.get_by_test_id("provenance-key")).to_contain_text("虚构")

    # Under the pointer the road says in words what it is.
    x, y = wall.evaluate(MIDDLE, [(WEST + EAST) / 2, 40.70])
    wall.mouse.move(x, y)
    expect(wall.get_by_test_id("map-thing")).to_have_text("E · 道路 · 虚构")

    # The key L has the layers and what is constructed.
    wall.keyboard.press("l")
    panel = wall.get_by_role("dialog", name="图层")
    expect(panel).to_contain_text("雨型、路网为构造")
    expect(panel.get_by_test_id("layer-tunnels")).to_have_count(0)
    panel.get_by_test_id("layer-drains").get_by_role("checkbox").check()
    eventually(lambda: wall.evaluate(DRAWN, "drains-lines") == ["D"], within_s=30)

    # The same in English, and on a crew's phone.
    wall.keyboard.press("l")
    wall.get_by_test_id("language-switch").click()
    expect(banner).to_contain_text("SIMULATION DRILL")
    expect(banner).to_contain_text("A constructed cloudburst")
    phone = sign_in(browser, f"{city_stage.demo.address}field", *crew_of(city_stage), (390, 844))
    expect(phone.get_by_test_id("mode-banner")).to_contain_text("模拟演练 · 一场构造的暴雨")


def crew_of(stage: Stage) -> tuple[str, str]:
    """Name and password of the first crew."""
    first = json.loads(stage.demo.accounts.crews_file.read_text())[0]
    return first["user"], first["password"]
