"""What a benchmark found, on which machine, at which commit."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class BenchReport:
    """The JSON of `bench NAME --json FILE`; the names of the figures never change their meaning."""

    bench: str
    commit: str
    machine: str
    figures: Mapping[str, float]


def bench_report(bench: str, figures: Mapping[str, float]) -> BenchReport:
    """The figures beside where they come from."""
    return BenchReport(bench=bench, commit=_commit(), machine=_machine(), figures=figures)


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return "unknown"
    told = subprocess.run(
        [git, "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


def _machine() -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, {memory_gb:.0f} GB, Python {platform.python_version()}"
