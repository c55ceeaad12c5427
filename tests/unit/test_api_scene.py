"""What the wall is told of the scene that is played."""

import pytest

from dashboard_api.live.messages import Scene
from dashboard_api.routes.live import scene_of
from floodcore.settings import Mode, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONEMAP_MODE", "TITLE", "TITLE_EN", "NOTE", "NOTE_EN"):
        monkeypatch.delenv(name if name == "ONEMAP_MODE" else f"ONEMAP_SCENE__{name}", raising=False)


def test_nothing_is_said_of_a_room_in_which_nothing_is_played() -> None:
    assert scene_of(load_settings().scene) is None


def test_a_simulation_names_its_storm_and_what_is_constructed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_MODE", "simulation")
    monkeypatch.setenv("ONEMAP_SCENE__TITLE", "郑州“7·20”特大暴雨（构造雨型）")
    monkeypatch.setenv("ONEMAP_SCENE__TITLE_EN", "Zhengzhou, 20 July 2021 (constructed rain)")
    monkeypatch.setenv("ONEMAP_SCENE__NOTE", "雨型、路网为构造")
    settings = load_settings()
    assert settings.mode is Mode.SIMULATION
    assert scene_of(settings.scene) == Scene(
        title="郑州“7·20”特大暴雨（构造雨型）",
        title_en="Zhengzhou, 20 July 2021 (constructed rain)",
        note="雨型、路网为构造",
        note_en="雨型、路网为构造",  # nobody wrote an English one
    )


def test_a_title_in_english_alone_is_shown_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_SCENE__TITLE_EN", "A cloudburst")
    scene = scene_of(load_settings().scene)
    assert scene == Scene(title="A cloudburst", title_en="A cloudburst", note="", note_en="")
