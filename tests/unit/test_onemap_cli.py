"""The command line from outside: exit codes, and failures that are one sentence."""

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from onemap import cli
from onemap.bench import burst
from onemap.commands import status
from onemap.engines.kept import free_port
from onemap.errors import SetupError
from onemap.home import Home, check_room
from onemap.state import Phase, Report, write_state


def onemap(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")}
    return subprocess.run(
        [sys.executable, "-m", "onemap", *arguments],
        env={**environ, "ONEMAP_HOME": str(home), "TERM": "dumb"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def run(monkeypatch: pytest.MonkeyPatch, home: Path, *arguments: str) -> int:
    """The same without a new process; returns the exit code."""
    monkeypatch.setenv("ONEMAP_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["onemap", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_benchmark_runs_with_the_values_it_has_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}
    monkeypatch.setattr(burst, "run", lambda **values: asked.update(values) or {"lost": 0})
    assert run(monkeypatch, tmp_path, "bench", "burst") == 0
    assert asked == {"away": timedelta(minutes=10), "pace": 6000}


def test_a_taken_port_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(free_port())))
        other.listen()
        done = onemap(tmp_path, "up", "--port", str(other.getsockname()[1]))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(status, "read_state", full)
    assert run(monkeypatch, tmp_path, "status") == 1
    assert capsys.readouterr().err == f"onemap: {cli.DISK_FULL}\n"


def test_a_setting_that_cannot_be_used_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ONEMAP_HTTP__PORT", "eighty")
    assert run(monkeypatch, tmp_path, "doctor") == 1
    assert capsys.readouterr().err.startswith("onemap: ONEMAP_HTTP__PORT cannot be used")


def test_what_was_not_foreseen_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(status, "read_state", denied)
    monkeypatch.setenv("ONEMAP_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["onemap", "status"])
    with pytest.raises(PermissionError):
        cli.main()


@pytest.mark.parametrize("arguments", [["nonsense"], ["up", "--port", "many"], ["down", "extra"]], ids=" ".join)
def test_wrong_usage_is_exit_code_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]) -> None:
    assert run(monkeypatch, tmp_path, *arguments) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["correction", "add", "nonsense"], "'action': 'nonsense' is not one of 'set',", id="no action"),
        pytest.param(
            ["maintenance", "add", "gauge", "--reason", "x", "--for", "2h", "--ends", "2026-01-01T00:00Z"],
            "one of the two, --ends or --for",
            id="two ends",
        ),
        pytest.param(["maintenance", "add", "gauge", "--reason", "x"], "with --ends or with --for", id="no end"),
    ],
)
def test_wrong_usage_says_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    sentence: str,
) -> None:
    assert run(monkeypatch, tmp_path, "register", *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(status, "read_state", interrupted)
    assert run(monkeypatch, tmp_path, "status") == 130


@pytest.mark.parametrize("command", ["up", "down", "status", "doctor", "test"])
def test_every_command_has_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    assert run(monkeypatch, tmp_path, command, "--help") == 0
    assert f"onemap {command}" in capsys.readouterr().out


def test_status_of_an_empty_home(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, tmp_path, "status", "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["running"] is False


def test_status_shows_what_a_running_supervisor_wrote(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ingest = Report(name="ingest", phase=Phase.READY, pid=1, restarts=2, peak_rss_mb=71.5, log="ingest.log")
    write_state(Home(tmp_path), mode="demo", address="http://127.0.0.1:8000/", processes=(ingest,))
    file = tmp_path / "status.json"

    assert run(monkeypatch, tmp_path, "status", "--json", str(file)) == 0
    assert json.loads(file.read_text())["processes"][0]["restarts"] == 2
    shown = capsys.readouterr().out
    assert "demo" in shown
    assert "ingest" in shown


def test_down_where_nothing_runs_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, tmp_path, "down") == 0
    assert capsys.readouterr().out == "Nothing runs here.\n"


@pytest.mark.parametrize("file", ["/nowhere/figures.json", "/"], ids=["no folder", "a folder"])
def test_where_the_figures_go_is_checked_before_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, file: str
) -> None:
    assert run(monkeypatch, tmp_path, "status", "--json", file) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_misspelt_setting_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ONEMAP_DATABSE__URL", "postgresql://x")
    run(monkeypatch, tmp_path, "status")
    assert "ONEMAP_DATABSE__URL is set and no setting has this name" in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/closed/datapackage.json")

    monkeypatch.setattr(status, "read_state", fail)
    assert run(monkeypatch, tmp_path, "status") == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("host", "reason"), [("203.0.113.1", "no such address"), ("300.1.1.1", "no such address")])
def test_why_a_port_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, host: str, reason: str
) -> None:
    assert run(monkeypatch, tmp_path, "up", "--host", host, "--port", free_port()) == 1
    assert reason in capsys.readouterr().err


def test_an_export_from_later_to_earlier_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    times = ("--from", "2025-08-02T00:00Z", "--to", "2025-08-01T00:00Z")
    assert run(monkeypatch, tmp_path, "export", *times, str(tmp_path / "pack")) == 2


def test_a_disk_that_is_nearly_full_is_told_before_a_storm_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000_000))
    with pytest.raises(SetupError, match="Only 5 MB are free"):
        check_room(Home(tmp_path), 300)
