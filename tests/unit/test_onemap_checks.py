"""What `doctor` says about machines that lack something."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from floodcore.settings import MapSettings, MqttSettings, RetentionSettings
from onemap import checks
from onemap.checks import Verdict
from onemap.engines.kept import free_port
from onemap.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.parametrize(
    ("free_mb", "verdict"),
    [
        pytest.param(5_000, Verdict.GOOD, id="roomy"),
        pytest.param(1_000, Verdict.DOUBTFUL, id="engines fit, a week of data does not"),
        pytest.param(100, Verdict.BAD, id="not even the engines"),
    ],
)
def test_room_on_the_disk(home: Home, free_mb: int, verdict: Verdict) -> None:
    found = checks.disk(free_mb, home)
    assert found.verdict is verdict
    assert bool(found.remedy) is (verdict is not Verdict.GOOD)


def test_little_memory_is_doubtful() -> None:
    found = checks.memory("MemTotal: 2000000 kB\nMemAvailable:    500000 kB\n")
    assert (found.verdict, found.seen) == (Verdict.DOUBTFUL, "512 MB available")


def test_a_clock_behind_the_checkout_is_bad() -> None:
    found = checks.clock(datetime(1970, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC))
    assert found.verdict is Verdict.BAD
    assert "NTP" in found.remedy


def test_a_taken_port_names_the_ways_out(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(free_port())))
        other.listen()
        found = checks.port(home, "127.0.0.1", other.getsockname()[1])
    assert found.verdict is Verdict.BAD
    assert "ONEMAP_HTTP__PORT" in found.remedy


def test_a_misspelt_setting_is_named() -> None:
    found = checks.names({"ONEMAP_MQTT_URL": "mqtt://", "ONEMAP_HOME": "/srv"})
    assert (found.verdict, found.seen) == (Verdict.DOUBTFUL, "unknown: ONEMAP_MQTT_URL")


def test_a_term_without_an_archive_is_doubtful(tmp_path: Path) -> None:
    term = timedelta(days=400)
    found = checks.retention(RetentionSettings(keep=term))
    assert (found.verdict, found.seen, found.remedy) == (
        Verdict.DOUBTFUL,
        "ONEMAP_RETENTION__KEEP without ONEMAP_RETENTION__ARCHIVE drops nothing",
        "set both",
    )
    both = checks.retention(RetentionSettings(keep=term, archive=tmp_path))
    assert (both.verdict, both.seen) == (Verdict.GOOD, f"what is older than 400 days goes to {tmp_path}")
    assert checks.retention(RetentionSettings()).verdict is Verdict.GOOD


def test_servers_of_the_users_own_need_no_engines(home: Home) -> None:
    own = {"ONEMAP_DATABASE__URL": "postgresql://db/onemap", "ONEMAP_MQTT__URL": "mqtt://bus"}
    assert checks.engines(home, own).verdict is Verdict.GOOD


@pytest.mark.parametrize(
    ("settings", "environ", "verdict", "seen"),
    [
        pytest.param({}, {}, Verdict.GOOD, "listens on this machine only", id="closed"),
        pytest.param({"host": "0.0.0.0"}, {}, Verdict.DOUBTFUL, "0.0.0.0 port 1883 without TLS", id="open"),
        pytest.param({}, {"ONEMAP_MQTT__URL": "mqtt://bus"}, Verdict.GOOD, "is your own", id="the user's own"),
    ],
)
def test_a_broker_that_others_can_listen_to_is_doubtful(
    settings: dict[str, str], environ: dict[str, str], verdict: Verdict, seen: str
) -> None:
    found = checks.devices(MqttSettings.model_validate(settings), environ)
    assert (found.verdict, seen in found.seen) == (verdict, True)


def test_a_certificate_must_be_there_to_be_read(tmp_path: Path) -> None:
    certificate, key = tmp_path / "broker.pem", tmp_path / "broker.key"
    certificate.touch()
    mqtt = MqttSettings(host="192.0.2.1", certificate=certificate, key=key)
    missing = checks.devices(mqtt, {})
    assert (missing.verdict, missing.seen) == (Verdict.BAD, f"{key} cannot be read")
    key.touch()
    assert checks.devices(mqtt, {}).seen == "the broker listens on 192.0.2.1 port 8883 with TLS"


def test_a_folder_of_map_layers_is_read_as_the_wall_will_read_it(tmp_path: Path) -> None:
    (tmp_path / "rivers.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert checks.map_layers(MapSettings()).verdict is Verdict.GOOD
    found = checks.map_layers(MapSettings(layers=tmp_path))
    assert (found.verdict, found.seen) == (Verdict.GOOD, f"1 layers in {tmp_path}")
    (tmp_path / "roads.geojson").write_text("{")
    spoilt = checks.map_layers(MapSettings(layers=tmp_path))
    assert (spoilt.verdict, "roads.geojson is passed over" in spoilt.seen) == (Verdict.DOUBTFUL, True)
