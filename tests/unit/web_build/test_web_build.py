"""The built front end that is committed is what its sources build to."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"
STATIC = ROOT / "dashboard_api" / "static"

needs_node = pytest.mark.skipif(
    shutil.which("npx") is None or not (WEB / "node_modules").is_dir(),
    reason="needs node and `npm ci` in web/",
)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@needs_node
def test_a_build_of_the_sources_is_byte_for_byte_what_is_committed(tmp_path: Path) -> None:
    vite = ["npx", "--no-install", "vite", "build", "--logLevel", "error", "--outDir", str(tmp_path)]
    environment = {**os.environ, "NODE_ENV": "production"}
    for config in ("vite.config.ts", "vite.worker.config.ts"):
        subprocess.run([*vite, "--config", config], cwd=WEB, check=True, env=environment)
    built, committed = tree(tmp_path), tree(STATIC)
    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == []


def test_the_lock_file_names_no_registry() -> None:
    text = (WEB / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "registry" not in text


@pytest.mark.parametrize("page", ["wall.html", "field.html"])
def test_a_page_loads_nothing_from_elsewhere(page: str) -> None:
    html = (STATIC / page).read_text()
    assert "http://" not in html
    assert "https://" not in html
