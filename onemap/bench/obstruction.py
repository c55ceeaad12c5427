"""The obstruction check on labelled levels, beside a rule that looks at the variance alone.

`python -m onemap.bench.obstruction` prints obstruction.json anew.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np

from ingest.quality.obstruction import NAMES, Rule, figures
from onemap.bench.labelled import FOLDS, windows
from onemap.bench.logistic import Scores, fitted, scored

TRAINED_ON_DAYS = 60


Figures = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A window as both rules see it: its figures, and the spread of its levels alone."""

    node: str
    fold: int
    figures: Figures
    spread: Figures
    is_obstructed: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Both rules on the same windows, none of a node that they were made from."""

    windows: int
    check: Scores
    variance: Scores


def samples(days: int, last_days: float | None = None) -> list[Sample]:
    """All labelled windows of so many days, or their last days only; those too short for figures are left out."""
    found = []
    for window in windows(days):
        if len(window.at_s):
            seen = window.last(last_days) if last_days else window
            if told := figures(seen.at_s, seen.level_m):
                spread = {"log_sd": float(np.log(seen.level_m.std() + 0.001))}
                found.append(
                    Sample(
                        node=seen.node,
                        fold=seen.fold,
                        figures=told,
                        spread=spread,
                        is_obstructed=seen.is_obstructed,
                    )
                )
    return found


def compared(known: Sequence[Sample], unseen: Sequence[Sample]) -> Comparison:
    """Rules made from nine tenths of the nodes, weights and threshold alike, and scored on the last, ten times over."""
    truth = np.array([one.is_obstructed for one in unseen])
    folds = np.array([one.fold for one in unseen])
    scores = []
    for view in (_figures, _spread):
        probability, said = np.zeros(len(unseen)), np.zeros(len(unseen), dtype=np.bool_)
        for fold in range(FOLDS):
            rule = _made([one for one in known if one.fold != fold], view)
            for place in np.flatnonzero(folds == fold).tolist():
                told = view(unseen[place])
                probability[place], said[place] = rule.probability(told), rule.is_obstructed(told)
        scores.append(scored(probability, said, truth))
    return Comparison(windows=len(unseen), check=scores[0], variance=scores[1])


def _figures(one: Sample) -> Figures:
    return one.figures


def _spread(one: Sample) -> Figures:
    return one.spread


def _made(known: Sequence[Sample], view: Callable[[Sample], Figures]) -> Rule:
    return fitted(
        [view(one) for one in known], np.array([one.is_obstructed for one in known]), [one.node for one in known]
    )


def card() -> str:
    """obstruction.json: the rule, made from all nodes, and how it was made."""
    known = samples(TRAINED_ON_DAYS)
    told = {
        "card": {
            "figures": list(NAMES),
            "window_days": TRAINED_ON_DAYS,
            "made_with": f"python -m onemap.bench.obstruction, numpy {version('numpy')}",
            "method": "logistic regression with ridge 1 on standardised figures; threshold of the best F1, each node in"
            " turn left out",
            "data": "qc-labelled-levels: river and stream levels of Michigan, windows labelled by people (MIT)",
            "windows": len(known),
            "nodes": sorted({one.node for one in known}),
        },
        "rule": asdict(_made(known, _figures)),
    }
    return json.dumps(told, indent=2)


if __name__ == "__main__":
    sys.stdout.write(card() + "\n")
