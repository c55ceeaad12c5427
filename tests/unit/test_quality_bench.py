"""The rule that ships, how rules are made and scored, and what is said where the measurements are missing."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from ingest.quality.obstruction import NAMES, shipped_rule
from onemap.bench import labelled
from onemap.bench.labelled import Window, data_folder
from onemap.bench.logistic import fitted, scored
from onemap.errors import SetupError


def test_the_rule_that_ships_knows_every_figure_and_says_how_it_was_made() -> None:
    told = json.loads(files("ingest.quality").joinpath("obstruction.json").read_text())
    rule = shipped_rule()
    assert set(rule.weight) == set(rule.centre) == set(rule.scale) == set(NAMES) == set(told["card"]["figures"])
    assert all(weight > 0 for weight in rule.weight.values())  # each figure grows with what is in the way
    assert told["card"]["windows"] == 238 and len(told["card"]["nodes"]) == 54


def test_a_rule_of_one_telling_figure_is_sure_of_it() -> None:
    truth = np.array([False] * 20 + [True] * 20)
    figures = [{"telling": float(number), "idle": float(number % 2)} for number in range(40)]
    rule = fitted(figures, truth, [f"node-{number % 10}" for number in range(40)])
    assert rule.probability(figures[0]) < 0.1 < 0.9 < rule.probability(figures[-1])
    assert abs(rule.weight["idle"]) < 0.2 < rule.weight["telling"]


def test_scores_by_hand() -> None:
    # Two of three that were said are right, two of three that are so were said; of 3 x 2 pairs five stand in order.
    probability = np.array([0.9, 0.8, 0.3, 0.7, 0.1])
    truth = np.array([True, True, True, False, False])
    scores = scored(probability, probability > 0.5, truth)
    assert (scores.precision, scores.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert scores.auc == pytest.approx(5 / 6)


def test_windows_of_one_node_are_never_divided() -> None:
    def window(days: int) -> Window:
        return Window(node="003A", at_s=np.arange(days) * 86400.0, level_m=np.zeros(days), is_obstructed=True)

    assert window(60).fold == window(365).fold
    assert len(window(60).last(14).at_s) == 15  # both ends


def test_missing_measurements_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled, "DATA", tmp_path)
    with pytest.raises(SetupError, match=r"needs the measurements in .*packs, which are not there"):
        data_folder("packs")
