"""All parts of a city at once: each part's engine in a process of its own, and all go on together."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from floodcore.errors import OneMapError
from simulators.engine.part import Model, Peaks, Running
from simulators.engine.swmm import Engine
from simulators.world.water import Orders, Snapshot

ENDS_WITHIN_S = 5.0  # a worker whose pipe is closed has at most a minute of its model to finish


class EngineLost(OneMapError):
    """A part's process has died, or does not answer; the same model may run again."""

    retryable = True


class _Seat(Protocol):
    """Where a part runs. Asking and hearing are two steps, so that all parts work at the same time."""

    def ask(self, name: str, *arguments: Any) -> None: ...

    def hear(self) -> Any: ...

    def close(self) -> None: ...


class _Here:
    """In this process."""

    def __init__(self, model: Model) -> None:
        self._open = contextlib.ExitStack()
        self._running = self._open.enter_context(Running(model))
        self._asked: tuple[str, tuple[Any, ...]] | None = None
        self.names = (self._running.nodes, self._running.links, self._running.gages)

    def ask(self, name: str, *arguments: Any) -> None:
        self._asked = name, arguments

    def hear(self) -> Any:
        assert self._asked is not None
        name, arguments = self._asked
        return getattr(self._running, name)(*arguments)

    def close(self) -> None:
        self._open.close()


class Worker:
    """A process of its own; it ends with its owner, however that ends.

    Args:
        model: Sent at once; `names` waits until it is open.
        answers_within_s: Then it is given up; None waits for ever.
    """

    def __init__(self, model: Model, *, answers_within_s: float | None = None) -> None:
        self._name, self._patience = model.name, answers_within_s
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "simulators.engine.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},  # a part is one core's work
            )
        self._send(model)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ask(self, name: str, *arguments: Any) -> None:
        """Let it do something; `hear` tells what came of it."""
        self._send((name, arguments))

    def hear(self) -> Any:
        """What it answers.

        Raises:
            OneMapError: What it could not do, as it says itself.
            EngineLost: It has died, or takes too long.
        """
        try:
            if self._patience is not None and not self._pipe.poll(self._patience):
                self.close()
                raise EngineLost(
                    f"{self._name}: the engine gave no answer within {self._patience:g} s and was ended; make the"
                    " model's ROUTING_STEP longer, or the model smaller."
                )
            is_done, answer = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise self._lost() from error
        if not is_done:
            raise answer
        return answer

    def close(self) -> None:
        """End it; again does nothing."""
        self._pipe.close()
        try:
            self._process.wait(ENDS_WITHIN_S if self._patience is None else 0.1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, what: Any) -> None:
        try:
            self._pipe.send(what)
        except (OSError, ValueError) as error:
            raise self._lost() from error

    def _lost(self) -> EngineLost:
        self.close()
        code = self._process.returncode
        how = f"killed by signal {-code}" if code and code < 0 else f"code {code}"
        return EngineLost(
            f"{self._name}: the engine's process ended unexpectedly ({how}); start again, and if it happens again,"
            " look for what is unusual in the model."
        )


class Parts:
    """The water of all parts; satisfies `simulators.world.water.Water`. A context manager, or `close` it.

    Args:
        models: One a part.
        apart: Each in a process of its own, even if there is one alone. By default one alone runs in this process
            where no other model is open in it.

    Raises:
        Refused: The engine refuses a model.
        EngineLost: A process died.
    """

    def __init__(self, models: Sequence[Model], *, apart: bool = False) -> None:
        self._models = tuple(models)
        self._seats: list[_Seat] = []
        try:
            if len(models) == 1 and not apart and Engine.is_free():
                here = _Here(models[0])
                self._seats.append(here)
                self.names = (here.names,)
            else:
                workers = [Worker(model) for model in models]
                self._seats.extend(workers)
                self.names = tuple(worker.hear() for worker in workers)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def advance(self, seconds: float, orders: Sequence[Orders]) -> Sequence[Snapshot]:
        """All go on for so long; one set of orders and one snapshot a part."""
        snapshots: list[Snapshot] = self._all("advance", [(seconds, of_part) for of_part in orders])
        return snapshots

    def balance_pct(self) -> float:
        """The worst error of any part's balance so far, per cent, with its sign."""
        errors: list[float] = self._all("balance_pct", [()] * len(self._seats))
        return max(errors, key=abs)

    def branch(self) -> "Parts":
        """The same water once more, in processes of its own; pumps, stages and inflows are as ordered next."""
        with tempfile.TemporaryDirectory(prefix="branch-") as folder:
            files = [Path(folder) / f"{number}.hsf" for number in range(len(self._seats))]
            self._all("save", [(file,) for file in files])
            models = [replace(model, use=file) for model, file in zip(self._models, files, strict=True)]
            return Parts(models, apart=True)

    def close(self) -> None:
        """End it; again does nothing."""
        while self._seats:
            self._seats.pop().close()

    def _all(self, name: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        for seat, of_part in zip(self._seats, arguments, strict=True):
            seat.ask(name, *of_part)
        return _heard([seat.hear for seat in self._seats])


def _heard(hear: Sequence[Callable[[], Any]]) -> list[Any]:
    """All answers are heard before any error is raised, else the next question would get an old answer."""
    answers, errors = [], []
    for one in hear:
        try:
            answers.append(one())
        except (OneMapError, ValueError) as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return answers


def peaks(model: Model, minutes: int, rain_mm_h: Any = None, *, answers_within_s: float) -> tuple[Any, Peaks]:
    """Names and peaks of a model that nobody has run before, in a process of its own.

    Raises:
        Refused: The engine refuses it.
        EngineLost: It crashed the engine, or takes longer than that.
    """
    with contextlib.closing(Worker(model, answers_within_s=answers_within_s)) as worker:
        names = worker.hear()
        worker.ask("peaks", minutes, rain_mm_h)
        found: Peaks = worker.hear()
        return names, found
