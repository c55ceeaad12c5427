"""The folder of an ensemble: what lies in it, and whose it is."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from floodcore.errors import Refused
from floodcore.packs.description import FILE
from floodcore.packs.durable import settle
from simulators.ensemble.facts import FILE as FACTS
from simulators.ensemble.facts import Facts
from simulators.ensemble.plan import Plan, folder_of

INDEX = "ensemble.json"


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`ensemble.json`: the plan, and the facts of each storm by the name of its folder."""

    plan: Plan
    storms: Mapping[str, Facts]


def claim(out: Path, plan: Plan) -> None:
    """Make the folder this plan's, or see that it is; what an interrupted run left unfinished is removed.

    Raises:
        Refused: It is another plan's, or something else's.
    """
    index = out / INDEX
    if index.exists():
        theirs = _read(index).plan
        if theirs != plan:
            raise Refused(
                f"{out} holds an ensemble of city {theirs.city}, seed {theirs.seed}, faults {theirs.faults}; "
                f"name the same ones to go on with it, or a new folder."
            )
    elif out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise Refused(f"{out} is there already and is no ensemble; name a new folder, or remove this one first.")
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_index(out, plan)
    for unfinished in out.glob(".storm-*"):
        shutil.rmtree(unfinished)


def missing(out: Path, count: int) -> list[int]:
    """The numbers, from 1 to `count`, of the storms that have no pack yet."""
    return [number for number in range(1, count + 1) if not (out / folder_of(number) / FILE).is_file()]


def write_index(out: Path, plan: Plan) -> Index:
    """Bring `ensemble.json` up to date with the packs that are there."""
    there = sorted(pack.parent for pack in out.glob(f"storm-*/{FACTS}"))
    index = Index(plan=plan, storms={pack.name: _facts(pack / FACTS) for pack in there})
    part = out / f".{INDEX}"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n")
    settle([part])
    part.replace(out / INDEX)
    settle([out])
    return index


def _read(index: Path) -> Index:
    try:
        return msgspec.json.decode(index.read_bytes(), type=Index)
    except msgspec.MsgspecError as error:
        raise Refused(f"{index} cannot be read ({error}); name a new folder.") from error


def _facts(file: Path) -> Facts:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Facts)
    except msgspec.MsgspecError as error:
        raise Refused(
            f"{file} cannot be read ({error}); remove its folder, and the storm is simulated again."
        ) from error
