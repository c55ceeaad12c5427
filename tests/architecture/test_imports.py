"""Who may import whom: the contracts stand in pyproject.toml, under import-linter."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def loggers_that_go_on() -> Iterator[None]:
    """The linter sets up logging for itself and switches off every logger that there is; other tests listen to ours."""
    before = {name: logging.getLogger(name).disabled for name in logging.root.manager.loggerDict}
    yield
    for name, was in before.items():
        logging.getLogger(name).disabled = was


def test_every_import_contract_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(CHECKOUT)
    status = lint_imports(no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
