"""`bench simulate`: how fast a city in a storm goes by, how well its water balances, and whether it repeats itself."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from onemap.progress import phase
from simulators.chance import SEED
from simulators.city.build import build
from simulators.city.plan import City
from simulators.ensemble.event_pack import write_pack
from simulators.ensemble.folder import claim, write_index
from simulators.ensemble.making import make
from simulators.ensemble.plan import Plan
from simulators.instruments.bank import Bank
from simulators.instruments.packing import messages
from simulators.recording import Recording, record
from simulators.scene import Scene
from simulators.storms.catalogue import storm as storm_of
from simulators.world.hydraulics import hydraulics

HEAVY = "chicago-p20"  # a storm of twenty years: water in most streets, which is when the engine's steps are small
LASTS = timedelta(hours=7)  # of each run: the storm, and the hours in which its water runs off
FULL = 100  # storms of the figure that is promised
WORKERS = 2
HALF = 1_000  # nodes of each of the two parts that are 2,000 together


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One recording and how long it took; `minutes_per_s` counts all that was done in those seconds."""

    recording: Recording
    seconds: float

    @property
    def minutes_per_s(self) -> float:
        return len(self.recording.times) / self.seconds


def run(*, storms: int = FULL) -> dict[str, float]:
    """The figures.

    `district_min_per_s`: simulated minutes in a second, 500 nodes, one process, hydraulics alone. `fleet_min_per_s`:
    the same with gauges, faults and messages. `city2000_min_per_s`: two parts of the city, about 2,000 nodes, two
    processes. `startup2000_s`: until both have water. `mass_error_pct`: the worst of all runs. `same_bytes`: 1 if two
    runs of one seed wrote the same files. `ensemble100_s`: a hundred storms of 7 h over 500 nodes with fields, packs
    written. With fewer storms there is no such figure, but what they took, and `ensemble100_scaled_s`.

    Args:
        storms: Of the ensemble.
    """
    district = build("district", SEED)
    scene = _scene(district)
    with phase("a district of 500 nodes"):
        alone = _played(scene)
    with phase("the same with its gauges"):
        fleet = _played(scene, with_gauges=True)
    with phase("2,000 nodes in two processes"):
        startup_s, halves = _halves()
    with phase("the same seed again"):
        same_bytes = _writes_the_same(fleet.recording, _played(scene, with_gauges=True).recording)
    seconds, worst_pct = _ensemble(storms)
    runs = (alone, fleet, halves)
    return {
        "district_min_per_s": round(alone.minutes_per_s, 1),
        "fleet_min_per_s": round(fleet.minutes_per_s, 1),
        "city2000_min_per_s": round(halves.minutes_per_s, 1),
        "city2000_nodes": sum(len(part.nodes) for part in halves.recording.scene.city.parts),
        "startup2000_s": round(startup_s, 3),
        "mass_error_pct": round(max(worst_pct, *(abs(one.recording.balance_pct) for one in runs)), 4),
        "same_bytes": int(same_bytes),
        **_ensemble_figures(storms, seconds),
    }


def _scene(city: City) -> Scene:
    storm = storm_of(HEAVY, city.area, SEED)
    return Scene(city=city, storm=storm, wet_from=storm.start, start=storm.start, end=storm.start + LASTS)


def _played(scene: Scene, *, with_gauges: bool = False) -> _Run:
    with hydraulics(scene.city) as water:
        began = time.perf_counter()
        recording = record(scene, water, _bank(scene) if with_gauges else None)
        sending = sum(1 for _ in messages(recording.sent))
        seconds = time.perf_counter() - began
    assert bool(sending) is with_gauges
    return _Run(recording=recording, seconds=seconds)


def _bank(scene: Scene) -> Bank:
    return Bank.of_city(scene.city, scene.start, SEED)


def _halves() -> tuple[float, _Run]:
    """How long it takes until 2,000 nodes have water, and a run of them."""
    city = of_parts(build("city", SEED), HALF)
    began = time.perf_counter()
    with closing(hydraulics(city)):
        startup_s = time.perf_counter() - began
    return startup_s, _played(_scene(city))


def of_parts(city: City, nodes: int) -> City:
    """The two parts of a city that come nearest to so many nodes each, as a city of their own."""
    by_size = sorted(range(len(city.parts)), key=lambda part: abs(len(city.parts[part].nodes) - nodes))
    chosen = sorted(by_size[:2])
    number = {part: new for new, part in enumerate(chosen)}
    watched = tuple(replace(one, part=number[one.part]) for one in city.watched if one.part in number)
    gauges = tuple(replace(one, part=number[one.part]) for one in city.gauges if one.part in number)
    return replace(
        city, parts=tuple(city.parts[part] for part in chosen), watched=watched, gauges=gauges, roads=None, layers={}
    )


def _writes_the_same(*recordings: Recording) -> bool:
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as folder:
        packs = [Path(folder) / str(number) for number in range(len(recordings))]
        for recording, pack in zip(recordings, packs, strict=True):
            write_pack(recording, pack, SEED)
        first, second = (_content(pack) for pack in packs)
        return first == second


def _content(pack: Path) -> Sequence[tuple[str, bytes]]:
    return [(file.name, file.read_bytes()) for file in sorted(pack.iterdir())]


def _ensemble(storms: int) -> tuple[float, float]:
    """How long so many storms take, and the worst error of their water's balance, per cent."""
    plan = Plan(city="district", seed=SEED, faults="typical", minutes=round(LASTS / timedelta(minutes=1)))
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as folder:
        out = Path(folder) / "ensemble"
        done = iter(range(1, storms + 1))
        with phase(f"{storms} storms of {LASTS} in {WORKERS} processes") as update:
            began = time.perf_counter()
            claim(out, plan)
            make(plan, range(1, storms + 1), out, WORKERS, lambda _number: update(next(done) / storms))
            index = write_index(out, plan)
            seconds = time.perf_counter() - began
    return seconds, max(one.mass_error_pct for one in index.storms.values())


def _ensemble_figures(storms: int, seconds: float) -> dict[str, float]:
    if storms == FULL:
        return {"ensemble100_s": round(seconds, 1)}
    return {
        "ensemble_storms": storms,
        "ensemble_s": round(seconds, 1),
        "ensemble100_scaled_s": round(seconds * FULL / storms, 1),
    }
