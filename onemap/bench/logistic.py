"""A logistic rule of a few figures, fitted and scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.quality.obstruction import Rule

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
RIDGE = 1.0  # on standardised figures; a few dozen windows do not carry more
STEPS = 50


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How well a rule tells obstructed windows from clean ones, each 0 to 1."""

    precision: float
    recall: float
    auc: float


def fitted(figures: Sequence[Mapping[str, float]], truth: BoolArray, groups: Sequence[str]) -> Rule:
    """A rule, with the threshold that has the best F1 on windows of nodes that its weights have not seen.

    Args:
        figures: Of each window, the same names in all.
        truth: Whether it is obstructed, shape (n_windows,).
        groups: The node of each window.
    """
    names = tuple(figures[0])
    table = np.array([[one[name] for name in names] for one in figures])
    nodes = sorted(set(groups))
    unseen = np.zeros(len(truth))
    for node in nodes:
        out = np.array([group == node for group in groups])
        centre, scale, weights = _solved(table[~out], truth[~out])
        unseen[out] = _probability((table[out] - centre) / scale, weights)
    centre, scale, weights = _solved(table, truth)
    return Rule(
        centre=dict(zip(names, centre.tolist(), strict=True)),
        scale=dict(zip(names, scale.tolist(), strict=True)),
        weight=dict(zip(names, weights[1:].tolist(), strict=True)),
        bias=float(weights[0]),
        threshold=max(sorted(set(unseen.tolist())), key=lambda at: _f1(unseen > at, truth)),
    )


def scored(probability: FloatArray, said: BoolArray, truth: BoolArray) -> Scores:
    """What was said of windows, and how likely they were; all of shape (n_windows,), probabilities 0 to 1."""
    return Scores(
        precision=float((said & truth).sum() / max(1, said.sum())),
        recall=float((said & truth).sum() / truth.sum()),
        auc=_auc(probability, truth),
    )


def _solved(table: FloatArray, truth: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    centre, scale = table.mean(axis=0), table.std(axis=0)
    design = np.column_stack([np.ones(len(table)), (table - centre) / scale])
    ridge = np.diag([0.0, *[RIDGE] * table.shape[1]])
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):  # Newton; it stands still after a few
        p = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (truth - p) - ridge @ weights
        weights = weights + np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + ridge, slope)
    return centre, scale, weights


def _probability(standard: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-(weights[0] + standard @ weights[1:]))))


def _f1(said: BoolArray, truth: BoolArray) -> float:
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def _auc(score: FloatArray, truth: BoolArray) -> float:
    """How often an obstructed window scores above a clean one; a tie counts half."""
    above = score[truth][:, None] - score[~truth][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())
