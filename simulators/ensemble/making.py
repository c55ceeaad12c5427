"""An ensemble, made by several processes: one storm and one engine each at a time."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing.synchronize import Event
from pathlib import Path

from floodcore.errors import OneMapError
from simulators.city.build import build
from simulators.city.plan import City
from simulators.ensemble.event_pack import write_pack
from simulators.ensemble.plan import Plan, folder_of, scene_of, storms_of
from simulators.instruments.bank import Bank
from simulators.recording import record
from simulators.storms.storm import Storm
from simulators.world.hydraulics import hydraulics

_stopping: Event | None = None  # of this process, where it is a worker


class WorkerDied(OneMapError):
    """A process ended in the middle of a storm, as when memory is short."""


class _Stopped(Exception):
    """The owner wants no more storms."""


def make(
    plan: Plan, numbers: Sequence[int], out: Path, workers: int, on_done: Callable[[int], None] = lambda _number: None
) -> None:
    """Simulate storms and write a pack of each.

    Whatever ends it, an interrupt included, leaves whole packs only.

    Args:
        plan: What the storms are of.
        numbers: Which of them, counted from 1.
        out: The plan's folder.
        workers: How many processes there are.
        on_done: Is told each storm's number when its pack is there; they come in no order.

    Raises:
        WorkerDied: A process died; the packs that are there are whole.
    """
    if not numbers:
        return
    context = multiprocessing.get_context("spawn")
    stopping = context.Event()
    with ProcessPoolExecutor(min(workers, len(numbers)), context, _begin, (stopping,)) as pool:
        try:
            count = max(numbers)
            under_way = {pool.submit(_make_one, plan, count, number, out): number for number in numbers}
            _await(under_way, on_done)
        except BaseException:
            stopping.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def make_one(
    plan: Plan, city: City, storm: Storm, number: int, out: Path, on_progress: Callable[[float], None] = lambda _: None
) -> None:
    """Simulate one storm in this process and write its pack.

    Args:
        plan: What it is of.
        city: The plan's.
        storm: The plan's `number`-th, counted from 1.
        number: Its number.
        out: The plan's folder.
        on_progress: Is told the share done, 0 to 1.
    """
    scene = scene_of(plan, city, storm)
    # All storms have the ensemble's seed: a gauge is the same instrument in each of them, and fails at other times.
    bank = Bank.of_city(city, scene.start, plan.seed, plan.faults)
    with hydraulics(city) as water:
        recording = record(scene, water, bank, on_progress)
    name = folder_of(number)
    write_pack(recording, out / name, plan.seed, f"{city.name}-{plan.seed}-{name}")


def _await(under_way: dict[Future[None], int], on_done: Callable[[int], None]) -> None:
    for future in as_completed(under_way):
        try:
            future.result()
        except BrokenProcessPool as error:
            raise WorkerDied(
                "A process that simulated a storm has died, perhaps for want of memory; give the same command again "
                "to go on where it stopped, with --workers 1 if it happens again."
            ) from error
        on_done(under_way[future])


def _begin(stopping: Event) -> None:
    """A worker leaves interrupts to its owner, and ends with it."""
    global _stopping  # noqa: PLW0603 - a pool's worker has nowhere else to keep what it is begun with
    _stopping = stopping
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_owner, daemon=True).start()


def _end_with_owner() -> None:
    owner = multiprocessing.parent_process()
    assert owner
    owner.join()
    os._exit(1)


@cache
def _city(plan: Plan) -> City:
    return build(plan.city, plan.seed)


@cache
def _storms(plan: Plan, count: int) -> list[Storm]:
    return storms_of(plan, _city(plan), count)


def _make_one(plan: Plan, count: int, number: int, out: Path) -> None:
    make_one(plan, _city(plan), _storms(plan, count)[number - 1], number, out, _go_on)


def _go_on(_share: float) -> None:
    if _stopping is not None and _stopping.is_set():
        raise _Stopped
