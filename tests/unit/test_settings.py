"""What a deployer sets by environment."""

import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from floodcore.clock import ScaledClock, SystemClock
from floodcore.clock_file import begin
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


def test_a_speed_without_a_scaled_clock_is_refused_and_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_CLOCK__SPEED", "60")
    with pytest.raises(SettingsError, match="ONEMAP_CLOCK__SPEED needs ONEMAP_CLOCK__ANCHOR"):
        load_settings().clock.clock()


@pytest.mark.parametrize("speed", ["0", "-60", "nan", "inf", "1e9", "1e-9"])
def test_an_absurd_speed_is_refused_and_it_is_said_what_is_none(monkeypatch: pytest.MonkeyPatch, speed: str) -> None:
    monkeypatch.setenv("ONEMAP_CLOCK__SPEED", speed)
    with pytest.raises(SettingsError, match=r"^ONEMAP_CLOCK__SPEED cannot be used: a clock runs from 0\.001 to 10000"):
        load_settings()


def test_a_clock_that_has_left_the_calendar_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_CLOCK__ANCHOR", "2020-01-01T00:00:00Z")  # more than six years, 10,000 times as fast
    monkeypatch.setenv("ONEMAP_CLOCK__START", "2021-07-20T16:00:00+08:00")
    monkeypatch.setenv("ONEMAP_CLOCK__SPEED", "10000")
    with pytest.raises(SettingsError, match=r"ONEMAP_CLOCK__ANCHOR.*set the anchor to the present"):
        load_settings().clock.clock()


def test_a_clock_in_a_file_is_followed_and_stands_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, start = tmp_path / "clock.json", datetime(2021, 7, 20, 8, tzinfo=UTC)
    monkeypatch.setenv("ONEMAP_CLOCK__FILE", str(file))
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings().clock.clock()
    begin(file, datetime.now(UTC), at=start, speed=0)
    assert load_settings().clock.clock().now() == start
    monkeypatch.setenv("ONEMAP_CLOCK__START", "2021-07-20T16:00:00+08:00")
    with pytest.raises(SettingsError, match="ONEMAP_CLOCK__FILE says all"):
        load_settings().clock.clock()


def test_a_clock_file_is_named_from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_CLOCK__FILE", "clock.json")
    with pytest.raises(SettingsError, match="ONEMAP_CLOCK__FILE cannot be used: it is named from the root"):
        load_settings()


def test_a_bad_value_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_HTTP__PORT", "hunter2")
    with pytest.raises(SettingsError, match="ONEMAP_HTTP__PORT") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("RETENTION__KEEP", "400"), ("INGEST__OLDEST", "abc")])
def test_a_span_that_cannot_be_read_says_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ONEMAP_{name}", value)
    with pytest.raises(SettingsError, match=f"^ONEMAP_{name} cannot be used: write it like P400D; correct it"):
        load_settings()


def test_a_missing_server_is_named() -> None:
    with pytest.raises(SettingsError, match="ONEMAP_DATABASE__URL is not set"):
        load_settings().database_url()


def test_a_url_of_another_kind_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_MQTT__URL", "http://user:hunter2@127.0.0.1")
    with pytest.raises(SettingsError, match="mqtt://") as caught:
        load_settings().mqtt_url()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mqtt://onemap:s3/cret@127.0.0.1:1883", id="a slash: s3 would be the port"),
        pytest.param("mqtt://onemap:12/s3cret@127.0.0.1", id="a slash: 12 is a port"),
        pytest.param("mqtt://onemap:12#s3cret@127.0.0.1", id="a hash"),
        pytest.param("mqtt://onemap:s3?cret@127.0.0.1", id="a question mark"),
        pytest.param("mqtt://onemap:[s3cret@127.0.0.1", id="a bracket"),
        pytest.param("mqtt:onemap:s3cret@127.0.0.1", id="no slashes"),
    ],
)
def test_a_broker_url_that_its_password_breaks_is_named_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ONEMAP_MQTT__URL", url)
    with pytest.raises(SettingsError, match="ONEMAP_MQTT__URL") as caught:
        load_settings().mqtt_url()
    assert "s3" not in printed(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://onemap:s3%zzcret@127.0.0.1/onemap", id="a per cent sign"),
        pytest.param("postgresql://onemap:s3/cret@127.0.0.1/onemap", id="a slash: s3 would be the port"),
        pytest.param("postgresql://onemap:12/s3cret@127.0.0.1/onemap", id="a slash: 12 is a port"),
        pytest.param("postgresql://onemap:p@s3cret@127.0.0.1/onemap", id="an at sign"),
        pytest.param("postgresql:onemap:s3cret@127.0.0.1", id="no slashes"),
    ],
)
def test_a_database_url_that_its_password_breaks_is_named_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE__URL", url)
    with pytest.raises(SettingsError, match="ONEMAP_DATABASE__URL") as caught:
        load_settings().database_url()
    assert "s3" not in printed(caught.value)


@pytest.mark.parametrize(
    "url",
    ["mqtt://127.0.0.1", "mqtts://onemap:s%2Fp%40ss@broker:8884/", "mqtt://u:p@ss@[::1]:1883"],
)
def test_a_broker_url_that_can_be_read_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ONEMAP_MQTT__URL", url)
    assert load_settings().mqtt_url() == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///onemap?host=/run/postgresql",
        "postgres://onemap:s%2F%25#?x@[::1]:5433/onemap?sslmode=require",
        "postgresql://one:5432,two:5433/onemap",
    ],
)
def test_a_database_url_that_can_be_read_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE__URL", url)
    assert load_settings().database_url() == url


def printed(error: BaseException) -> str:
    """As a log shows it: with its traceback and its causes."""
    return "".join(traceback.TracebackException.from_exception(error, compact=True).format())


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE__URL", "postgresql://onemap:hunter2@127.0.0.1/onemap")
    assert "hunter2" not in repr(load_settings())


def test_misspelt_names_are_reported() -> None:
    environ = {"ONEMAP_HTTP__PROT": "1", "ONEMAP_HTTP__PORT": "1", "ONEMAP_HOME": "x", "PATH": "y"}
    assert unknown_names(environ) == ["ONEMAP_HTTP__PROT"]


@pytest.mark.parametrize("half", ["CERTIFICATE", "KEY"])
def test_a_certificate_without_its_key_is_refused(monkeypatch: pytest.MonkeyPatch, half: str) -> None:
    monkeypatch.setenv(f"ONEMAP_MQTT__{half}", "/etc/broker.pem")
    with pytest.raises(SettingsError, match="ONEMAP_MQTT__KEY cannot be used"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("KEEP", "P6D", "ONEMAP_RETENTION__KEEP cannot be used.*7 days at least", id="six days"),
        pytest.param("KEEP", "-P30D", "7 days at least", id="less than nothing"),
        pytest.param("ARCHIVE", "archive", "ONEMAP_RETENTION__ARCHIVE cannot be used.*from the root", id="relative"),
        pytest.param("ARCHIVE", "", "from the root", id="blank"),
    ],
)
def test_a_retention_that_would_hurt_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"ONEMAP_RETENTION__{name}", value)
    with pytest.raises(SettingsError, match=sentence):
        load_settings()


def test_a_week_and_a_folder_named_from_the_root_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_RETENTION__KEEP", "P7D")
    monkeypatch.setenv("ONEMAP_RETENTION__ARCHIVE", "/srv/archive")
    retention = load_settings().retention
    assert (retention.keep, str(retention.archive)) == (timedelta(days=7), "/srv/archive")
