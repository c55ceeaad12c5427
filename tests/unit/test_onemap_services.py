"""Which processes make up One Map."""

from pathlib import Path

import pytest

from onemap.home import Home
from onemap.services import MODULES, service_specs


def names(tmp_path: Path, **more: str) -> list[str]:
    specs = service_specs(
        Home(tmp_path), database_url="", mqtt_url="", http_host="127.0.0.1", http_port=1, extra_env=more
    )
    return [spec.name for spec in specs]


def test_the_gateway_for_telemetry_stations_runs_only_where_it_has_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONEMAP_INGEST__SL651_PORT", raising=False)
    without = [name for name in MODULES if name != "sl651"]
    assert names(tmp_path) == without
    assert names(tmp_path, ONEMAP_INGEST__SL651_PORT="") == without
    assert names(tmp_path, ONEMAP_INGEST__SL651_PORT="5651") == list(MODULES)
    monkeypatch.setenv("ONEMAP_INGEST__SL651_PORT", "5651")
    assert names(tmp_path) == list(MODULES)
