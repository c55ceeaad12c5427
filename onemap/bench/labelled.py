"""The labelled river levels: windows that people called clean or obstructed."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from onemap.bench.report import ROOT
from onemap.errors import SetupError

FloatArray = npt.NDArray[np.float64]
DATA = ROOT.parent / "shared" / "data"
DAYS = (60, 90, 120, 180, 365)
FOLDS = 10


@dataclass(frozen=True, kw_only=True)
class Window:
    """Weeks of one node: `at_s` in seconds since 1970, `level_m` in m; `is_obstructed` as people saw it."""

    node: str
    at_s: FloatArray
    level_m: FloatArray
    is_obstructed: bool

    @property
    def fold(self) -> int:
        """Which tenth of the nodes its node is in, by its name: a node's windows are never divided."""
        return zlib.crc32(self.node.encode()) % FOLDS

    def last(self, days: float) -> "Window":
        """Its last days only, under the same label."""
        late = self.at_s >= self.at_s[-1] - days * 86400
        return Window(
            node=self.node, at_s=self.at_s[late], level_m=self.level_m[late], is_obstructed=self.is_obstructed
        )


def data_folder(name: str) -> Path:
    """A folder of measurements beside the checkout.

    Raises:
        SetupError: It is not there.
    """
    folder = DATA / name
    if not folder.is_dir():
        raise SetupError(
            f"This benchmark needs the measurements in {folder}, which are not there; put them beside the checkout."
        )
    return folder


def windows(days: int) -> Iterator[Window]:
    """All labelled windows of so many days."""
    folder = data_folder("qc-labelled-levels")
    levels = _levels(folder)
    labels = pd.read_csv(folder / f"labels_{days}d.csv", parse_dates=["start", "end"])
    for row in labels.itertuples(index=False, name=None):
        node, site, start, end, _, clean = row
        at_s, level_m = levels[f"{node}_{site}"]
        within = (at_s >= start.timestamp()) & (at_s < end.timestamp())
        yield Window(node=node, at_s=at_s[within], level_m=level_m[within], is_obstructed=not clean)


@cache
def _levels(folder: Path) -> dict[str, tuple[FloatArray, FloatArray]]:
    try:
        table = pd.read_parquet(folder / "levels_10min.parquet")
    except ImportError as error:
        raise SetupError(
            "The labelled levels are a parquet file; install pyarrow into .onemap/venv to read it."
        ) from error
    found = {}
    for name, group in table.groupby("node_site"):
        at_s = group["ts_utc"].to_numpy("datetime64[ms]").astype(np.float64) / 1000
        found[str(name)] = (at_s, group["value_mm"].to_numpy(np.float64) / 1000)
    return found
