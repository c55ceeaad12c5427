"""`bench quality`: what the checks find on measurements that people labelled, and what they must never take away."""

from pathlib import Path

import numpy as np

from floodcore.domain.reading import Quality
from floodcore.domain.site import SiteKind
from floodcore.packs.read import read_pack
from onemap.bench import obstruction
from onemap.bench.judging import judged_per_s
from onemap.bench.labelled import DAYS, data_folder
from onemap.bench.obstruction import TRAINED_ON_DAYS, Comparison
from onemap.bench.surges import judged, surge_figures
from onemap.progress import phase

SHORT_DAYS = (30, 14)  # the last days of the windows of 60, under the label of the whole


def run() -> dict[str, float]:
    """The figures.

    `obstruction_precision`, `_recall`, `_auc`: of the obstruction check on windows of 60 days, each node judged by a
    rule whose weights and threshold were made from other nodes; `variance_*`: of a rule that knows the standard
    deviation alone, made and scored in the same way on the same windows. `obstruction_auc_90d` and so on: other
    windows, of nodes that the rule of 60 days has not seen; `_last_30d`, `_last_14d`: the end of the windows of 60.
    `flood_usable_share`, `flood_suspect_share`: of the samples of real street floods. `surge_usable_share`: the least
    share that is usable at any moment of a constructed surge; `surge_delay_readings`: the most readings until one is
    flagged and usable. `judged_s`: readings judged in a second, from the notes of what is new to the commit.

    Raises:
        SetupError: The measurements are not beside the checkout, or pyarrow is missing.
    """
    floods = data_folder("packs") / "floodnet-rain-days"
    figures: dict[str, float] = {}
    with phase("the obstruction check on labelled levels"):
        figures |= _obstruction_figures()
    with phase("the checks on real street floods"):
        figures |= _flood_figures(floods)
    with phase("constructed surges, judged as they come"):
        surge = surge_figures()
        figures |= {"surge_usable_share": surge.usable_share, "surge_delay_readings": surge.delay}
    with phase("an hour of 5,000 gauges comes back at once"):
        figures["judged_s"] = round(judged_per_s())
    return figures


def _obstruction_figures() -> dict[str, float]:
    known = obstruction.samples(TRAINED_ON_DAYS)
    both = obstruction.compared(known, known)
    figures = {
        "obstruction_precision": both.check.precision,
        "obstruction_recall": both.check.recall,
        "obstruction_auc": both.check.auc,
        "variance_precision": both.variance.precision,
        "variance_recall": both.variance.recall,
        "variance_auc": both.variance.auc,
        "obstruction_windows": both.windows,
    }
    for days in DAYS:
        if days != TRAINED_ON_DAYS:
            figures |= _other(f"{days}d", obstruction.compared(known, obstruction.samples(days)))
    for days in SHORT_DAYS:
        figures |= _other(f"last_{days}d", obstruction.compared(known, obstruction.samples(TRAINED_ON_DAYS, days)))
    return {name: round(value, 3) for name, value in figures.items()}


def _other(name: str, both: Comparison) -> dict[str, float]:
    return {f"obstruction_auc_{name}": both.check.auc, f"variance_auc_{name}": both.variance.auc}


def _flood_figures(pack: Path) -> dict[str, float]:
    """Shares of the samples of real floods; their gauges hang over streets, so they are judged as such."""
    table = read_pack(pack).observations
    quality = np.concatenate(
        [
            judged(
                gauge["observed_at"].astype("int64").to_numpy() / 1e6, gauge["value"].to_numpy(), SiteKind.ROAD
            ).quality
            for _, gauge in table.drop_duplicates(["station_id", "observed_at"]).groupby("station_id", observed=True)
        ]
    )
    return {
        "flood_samples": len(quality),
        "flood_usable_share": round(float((quality != Quality.BAD).mean()), 4),
        "flood_suspect_share": round(float((quality == Quality.SUSPECT).mean()), 4),
    }
