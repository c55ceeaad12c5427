"""The folder of an ensemble: what lies in it, and whose it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from floodcore.errors import Refused
from simulators.ensemble.facts import Facts
from simulators.ensemble.folder import INDEX, claim, missing, write_index
from simulators.ensemble.plan import Plan, folder_of

PLAN = Plan(city="district", seed=7, faults="typical")
NEW_YEAR = datetime(2022, 1, 1, tzinfo=UTC)


def _put_pack(out: Path, number: int, flooded: int) -> None:
    """A pack, as far as the folder looks into it."""
    facts = Facts(
        storm="cells",
        title="Cells",
        start=NEW_YEAR,
        end=NEW_YEAR + timedelta(hours=7),
        minutes=420,
        sites=70,
        flooded_sites=flooded,
        deepest_m=0.4,
        rain_mm=31.0,
        heaviest_mm_h=88.0,
        mass_error_pct=0.2,
        readings=40_000,
    )
    pack = out / folder_of(number)
    pack.mkdir()
    (pack / "facts.json").write_bytes(msgspec.json.encode(facts))
    (pack / "datapackage.json").write_text("{}")


def test_a_new_folder_is_the_plans_and_lacks_every_storm(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "down"
    claim(out, PLAN)

    assert missing(out, 3) == [1, 2, 3]
    index = json.loads((out / INDEX).read_text())
    assert index["plan"]["seed"] == 7
    assert index["storms"] == {}


def test_a_storm_whose_pack_is_there_is_not_missing(tmp_path: Path) -> None:
    claim(tmp_path, PLAN)
    _put_pack(tmp_path, 2, flooded=5)

    claim(tmp_path, PLAN)

    assert missing(tmp_path, 4) == [1, 3, 4]
    assert write_index(tmp_path, PLAN).storms["storm-0002"].flooded_sites == 5


@pytest.mark.parametrize(
    "other",
    [
        Plan(city="city", seed=7, faults="typical"),
        Plan(city="district", seed=8, faults="typical"),
        Plan(city="district", seed=7, faults="none"),
        Plan(city="district", seed=7, faults="typical", minutes=420),
    ],
    ids=["another city", "another seed", "other faults", "another length"],
)
def test_another_plans_folder_is_refused(tmp_path: Path, other: Plan) -> None:
    claim(tmp_path, PLAN)

    with pytest.raises(Refused, match="city district, seed 7, faults typical"):
        claim(tmp_path, other)


def test_a_folder_that_is_no_ensemble_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(Refused, match="no ensemble"):
        claim(tmp_path, PLAN)

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "{", '{"plan": 7}'], ids=["empty", "cut off", "of another kind"])
def test_an_index_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_text(text)

    with pytest.raises(Refused, match="cannot be read"):
        claim(tmp_path, PLAN)


def test_what_an_interrupted_run_left_unfinished_is_removed(tmp_path: Path) -> None:
    claim(tmp_path, PLAN)
    _put_pack(tmp_path, 1, flooded=0)
    (tmp_path / ".storm-0002.a1b2c3").mkdir()
    (tmp_path / ".storm-0002.a1b2c3" / "stations.csv").write_text("station_id")

    claim(tmp_path, PLAN)

    assert sorted(file.name for file in tmp_path.iterdir()) == [INDEX, "storm-0001"]
