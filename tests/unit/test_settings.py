"""What a deployer sets by environment."""

import pytest

from floodcore.clock import ScaledClock, SystemClock
from floodcore.domain.levels import Level
from floodcore.errors import SettingsError
from floodcore.settings import Mode, load_settings, unknown_names


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONEMAP_DATABASE__URL", "ONEMAP_MQTT__URL", "ONEMAP_MODE", "ONEMAP_HTTP__PORT"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_set_is_a_live_room_on_the_system_clock() -> None:
    settings = load_settings()
    assert settings.mode is Mode.LIVE
    assert isinstance(settings.clock.clock(), SystemClock)
    assert settings.dispatch.auto_confirm_level is None


def test_nested_names_reach_their_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_HTTP__PORT", "9000")
    monkeypatch.setenv("ONEMAP_DISPATCH__AUTO_CONFIRM_LEVEL", "yellow")
    monkeypatch.setenv("ONEMAP_CLOCK__ANCHOR", "2026-01-01T00:00:00Z")
    monkeypatch.setenv("ONEMAP_CLOCK__START", "2021-07-20T16:00:00+08:00")
    monkeypatch.setenv("ONEMAP_CLOCK__SPEED", "60")
    settings = load_settings()
    assert settings.http.port == 9000
    assert settings.dispatch.auto_confirm_level is Level.YELLOW
    clock = settings.clock.clock()
    assert isinstance(clock, ScaledClock)
    assert clock.start.isoformat() == "2021-07-20T08:00:00+00:00"


def test_half_a_scaled_clock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_CLOCK__START", "2021-07-20T16:00:00+08:00")
    with pytest.raises(SettingsError, match="ONEMAP_CLOCK__ANCHOR"):
        load_settings().clock.clock()


def test_a_bad_value_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_HTTP__PORT", "hunter2")
    with pytest.raises(SettingsError, match="ONEMAP_HTTP__PORT") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_missing_server_is_named() -> None:
    with pytest.raises(SettingsError, match="ONEMAP_DATABASE__URL is not set"):
        load_settings().database_url()


def test_a_url_of_another_kind_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_MQTT__URL", "http://user:hunter2@127.0.0.1")
    with pytest.raises(SettingsError, match="mqtt://") as caught:
        load_settings().mqtt_url()
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE__URL", "postgresql://onemap:hunter2@127.0.0.1/onemap")
    assert "hunter2" not in repr(load_settings())


def test_misspelt_names_are_reported() -> None:
    environ = {"ONEMAP_HTTP__PROT": "1", "ONEMAP_HTTP__PORT": "1", "ONEMAP_HOME": "x", "PATH": "y"}
    assert unknown_names(environ) == ["ONEMAP_HTTP__PROT"]
