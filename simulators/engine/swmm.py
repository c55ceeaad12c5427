"""EPA SWMM 5.2 behind one door: SI in and out, whatever the units of the model.

The engine keeps one simulation in the memory of its process, so there is one `Engine` in a process at a time.
"""

import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from swmm.toolkit import shared_enum as enum
from swmm.toolkit import solver

from floodcore.errors import NotFound, Refused
from simulators.engine.refusals import refusal
from simulators.engine.units import FLOW_UNITS, Units

FloatArray = NDArray[np.float64]

# While water is taken out, what is there is looked at this often. Guessed: a large truck (3,000 m3/h) moves 8 m3 in it.
LOOKS_EVERY_S = 10
# A pump held off keeps this setting: at exactly 0 the engine would start it again at its start-up depth.
HELD_OFF = 1e-9
DAY_S = 86_400.0
TIMES = (enum.TimeProperty.START_DATE, enum.TimeProperty.END_DATE)
LEAST_TO_STEP_S = 0.5  # the engine's stride counts whole seconds


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Errors of the balance of water so far, in per cent of what came in; below zero there is too much at the end.

    While pipes run under pressure the engine does not count all that stands in them: epa_user3, which ends at -0.01 %,
    tells 10 % at its peak. So the figure of a storm is that at its end.
    """

    runoff_pct: float
    routing_pct: float

    @property
    def worst_pct(self) -> float:
        """The larger of the two, with its sign."""
        return max(self.runoff_pct, self.routing_pct, key=abs)


class Engine:
    """One model that runs; a context manager, open while inside.

    The model runs exactly as written until something is set. For a rain of our own, prepare it by `by_our_clock`.

    Args:
        model: The text of an input file, or the file.
        name: For people, in errors.
        use: A hot start file that `save` of the same model has written; the clock starts anew.

    Attributes:
        nodes, links, gages: Names in the order of the model.

    Raises:
        Refused: The engine refuses the model, or another one is open in this process; the sentence says what to do.
    """

    _one_is_open: ClassVar[bool] = False

    def __init__(self, model: str | Path, *, name: str | None = None, use: Path | None = None) -> None:
        self.name = name or (model.name if isinstance(model, Path) else "model")
        self._model, self._use = model, use
        self._open = self._started = False
        self._rain: list[float | None] = []  # in the model's units, by gage
        self._setting: dict[int, float] = {}
        self._stage: dict[int, float] = {}
        self._pumped: dict[int, float] = {}  # m3/s asked for, by node
        self._taken: dict[int, float] = {}  # m3/s in the last step, by node
        self._beside: dict[int, list[int]] = {}  # links by node; made when it is first needed
        self._elapsed_s = self._target_s = self._length_s = 0.0

    @classmethod
    def is_free(cls) -> bool:
        """Whether no model is open in this process."""
        return not cls._one_is_open

    def __enter__(self) -> Self:
        if Engine._one_is_open:
            raise Refused("A model is open in this process already; close it, or run this one in a process of its own.")
        Engine._one_is_open = True
        self._folder = tempfile.TemporaryDirectory(prefix="swmm-")
        self._files = [Path(self._folder.name) / f"model.{kind}" for kind in ("inp", "rpt", "out")]
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def set_rain(self, mm_h: FloatArray) -> None:
        """Rain at each gage from now on, shape (n_gages,), mm/h."""
        if len(mm_h) != len(self.gages):
            raise ValueError(f"{self.name} has {len(self.gages)} rain gages, not {len(mm_h)}")
        for number, value in enumerate((np.maximum(mm_h, 0.0) / self._units.rain).tolist()):
            if self._rain[number] != value:
                solver.raingage_set_precipitation(number, value)
                self._rain[number] = value

    def set_inflow(self, node: str, m3_s: float) -> None:
        """Water into a node from now on, beside the model's own; below zero it is taken out.

        What is taken out is capped by what is there: see `advance`.
        """
        number = self._node(node)
        if m3_s >= 0:
            self._pumped.pop(number, None)
            self._put(number, m3_s)
        else:
            self._pumped[number] = -m3_s

    def set_pump(self, link: str, setting: float) -> None:
        """How far a pump runs or a gate is open, 0 to 1; 1 leaves a pump to the model's own rules."""
        number = self._link(link)
        if self._setting.get(number, 1.0) != setting:
            solver.link_set_target_setting(number, setting or HELD_OFF)
            self._setting[number] = setting

    def held_links(self) -> set[str]:
        """Links that were set to less than 1."""
        return {self.links[number] for number, setting in self._setting.items() if setting != 1}

    def set_stage(self, outfall: str, m: float) -> None:
        """The level of the water outside an outfall from now on, m in the model's datum."""
        number = self._node(outfall)
        if enum.NodeType(solver.node_get_type(number)) is not enum.NodeType.OUTFALL:
            raise Refused(f"{outfall} of {self.name} is no outfall, so that no river stands there; name an outfall.")
        if self._stage.get(number) != m:
            solver.outfall_set_stage(number, m / self._units.length)
            self._stage[number] = m

    def advance(self, span: timedelta) -> None:
        """Go on for so long, in whole seconds.

        Where water is taken out, not more goes in a step than stands in the node or comes in; the step is
        LOOKS_EVERY_S, or the model's routing step where that is longer.

        Raises:
            Refused: The model's own end is reached, or the engine gives up.
        """
        self._target_s += span.total_seconds()
        held = [number for number, setting in self._setting.items() if not setting]
        while (left := self._target_s - self._elapsed_s) >= LEAST_TO_STEP_S:
            for number in held:
                solver.link_set_target_setting(number, HELD_OFF)
            step = min(left, self._look_s) if self._pumped or self._taken else left
            self._take_out(step)
            self._elapsed_s = self._stride(max(round(step), 1))

    def depth(self) -> FloatArray:
        """Water over each node's invert, shape (n_nodes,), m."""
        return self._of_nodes(enum.NodeResult.DEPTH, self._units.length)

    def head(self) -> FloatArray:
        """Level of the water at each node, shape (n_nodes,), m in the model's datum."""
        return self._of_nodes(enum.NodeResult.HEAD, self._units.length)

    def volume(self) -> FloatArray:
        """Water stored or ponded at each node, shape (n_nodes,), m3; of a plain junction 0."""
        return self._of_nodes(enum.NodeResult.VOLUME, self._units.volume)

    def overflow(self) -> FloatArray:
        """Water that each node loses to flooding, or that ponds over it, shape (n_nodes,), m3/s."""
        return self._of_nodes(enum.NodeResult.FLOOD, self._units.flow)

    def flow(self, links: Sequence[str] | None = None) -> FloatArray:
        """Flow in these links, or in all, m3/s, along their direction."""
        numbers = range(len(self.links)) if links is None else [self._link(link) for link in links]
        get, what = solver.link_get_result, enum.LinkResult.FLOW
        return np.array([get(number, what) for number in numbers], dtype=np.float64) * self._units.flow

    def full_depths(self) -> FloatArray:
        """From each node's bottom to its rim, shape (n_nodes,), m."""
        return self._properties(enum.NodeProperty.FULL_DEPTH) * self._units.length

    def save(self, path: Path) -> None:
        """Write a hot start file: this water, from which the same model can go on by `use`."""
        self._said(solver.swmm_hotstart, enum.HotstartFile.SAVE, str(path))

    def balance(self) -> Balance:
        """Errors of continuity so far, as the engine counts them."""
        return Balance(
            runoff_pct=float(solver.system_get_runoff_totals().pctError),
            routing_pct=float(solver.system_get_routing_totals().pctError),
        )

    def finish(self) -> Balance:
        """End the simulation; the errors of continuity of the whole of it."""
        if self._started:
            self._started = False
            self._said(solver.swmm_end)
        runoff, routing, _quality = solver.swmm_get_mass_balance()
        return Balance(runoff_pct=float(runoff), routing_pct=float(routing))

    def _start(self) -> None:
        inp, rpt, out = self._files
        if isinstance(self._model, Path):
            inp = self._model
        else:
            inp.write_text(self._model, encoding="utf-8")
        self._open = True  # it wants to be closed even where it refuses
        self._said(solver.swmm_open, str(inp), str(rpt), str(out))
        if self._use is not None:
            self._said(solver.swmm_hotstart, enum.HotstartFile.USE, str(self._use))
        self._said(solver.swmm_start, False)
        self._started = True
        self._units = Units.of(FLOW_UNITS[solver.simulation_get_unit(enum.UnitProperty.FLOW_UNIT)])
        self.nodes = _names(enum.ObjectType.NODE)
        self.links = _names(enum.ObjectType.LINK)
        self.gages = _names(enum.ObjectType.GAGE)
        self._node_of, self._link_of = _numbers(self.nodes), _numbers(self.links)
        self._rain = [None] * len(self.gages)
        first, last = (datetime(*solver.simulation_get_datetime(which)) for which in TIMES)  # noqa: DTZ001 - no zone
        self._length_s = (last - first).total_seconds()
        self._routing_s = float(solver.simulation_get_parameter(enum.SimSetting.ROUTE_STEP))
        self._look_s = max(float(LOOKS_EVERY_S), self._routing_s)

    def _close(self) -> None:
        try:
            if self._open:
                self._open = False
                if self._started:
                    self._started = False
                    with contextlib.suppress(Exception):
                        solver.swmm_end()
                with contextlib.suppress(Exception):
                    solver.swmm_close()
        finally:
            self._folder.cleanup()
            Engine._one_is_open = False

    def _stride(self, seconds: int) -> float:
        if self._elapsed_s >= self._length_s:
            raise Refused(f"{self.name} has come to the end of its own time; set END_DATE later.")
        elapsed = float(self._said(solver.swmm_stride, seconds)) * DAY_S
        return elapsed or self._length_s  # the engine tells 0 when it comes to its end

    def _said(self, call: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except Exception as error:  # the wheel raises nothing narrower
            raise self._refusal(str(error)) from error

    def _refusal(self, said: str) -> Refused:
        if self._open and not self._started:  # its report is complete only when it is closed
            self._open = False
            with contextlib.suppress(Exception):
                solver.swmm_close()
        report = self._files[1]
        text = report.read_text(encoding="utf-8", errors="replace") if report.exists() else ""
        return refusal(self.name, said, text)

    def _take_out(self, step: float) -> None:
        for number in {*self._pumped, *self._taken}:
            rate = min(self._pumped.get(number, 0.0), self._at_most(number, step))
            self._put(number, -rate)
            self._taken[number] = rate
        self._taken = {number: rate for number, rate in self._taken.items() if rate or number in self._pumped}

    def _at_most(self, number: int, step: float) -> float:
        """What can be taken out of a node during a step, m3/s.

        The engine takes the mean of the rates before and after its own routing step h, so that of a step s it takes
        h/2 at the old rate and s - h/2 at the new one; both together must not be more than is there and comes in.
        """
        old = self._taken.get(number, 0.0)
        lateral = solver.node_get_result(number, enum.NodeResult.LATERAL_INFLOW) * self._units.flow
        total = solver.node_get_result(number, enum.NodeResult.TOTAL_INFLOW) * self._units.flow
        comes = max(total - max(lateral, 0.0), 0.0) + max(lateral + old, 0.0)
        half = min(self._routing_s, step) / 2
        return max(float(self._stands(number) + comes * step - old * half) / (step - half), 0.0)

    def _stands(self, number: int) -> float:
        """Water at a node that can be taken out, m3: stored, ponded, or in the nearer halves of its conduits.

        A junction has no volume of its own to the engine, which moves its level by the surface of those halves; so
        that surface times the depth is what it holds.
        """
        volume = float(solver.node_get_result(number, enum.NodeResult.VOLUME)) * self._units.volume
        depth = float(solver.node_get_result(number, enum.NodeResult.DEPTH)) * self._units.length
        return max(volume, depth * self._surface_m2(number))

    def _surface_m2(self, number: int) -> float:
        if not self._beside:
            for link in range(len(self.links)):
                for node in solver.link_get_connections(link):
                    self._beside.setdefault(node, []).append(link)
        ends = (enum.LinkResult.US_SURFACE_AREA, enum.LinkResult.DS_SURFACE_AREA)
        area = sum(
            float(solver.link_get_result(link, ends[solver.link_get_connections(link)[0] != number]))
            for link in self._beside.get(number, ())
        )
        return float(area * self._units.length**2)

    def _put(self, number: int, m3_s: float) -> None:
        solver.node_set_total_inflow(number, m3_s / self._units.flow)

    def _of_nodes(self, what: enum.NodeResult, factor: float) -> FloatArray:
        get = solver.node_get_result
        return np.array([get(number, what) for number in range(len(self.nodes))], dtype=np.float64) * factor

    def _properties(self, what: enum.NodeProperty) -> FloatArray:
        get = solver.node_get_parameter
        return np.array([get(number, what) for number in range(len(self.nodes))], dtype=np.float64)

    def _node(self, name: str) -> int:
        return _number(self._node_of, name, "node", self.name)

    def _link(self, name: str) -> int:
        return _number(self._link_of, name, "link", self.name)


def _names(kind: enum.ObjectType) -> tuple[str, ...]:
    return tuple(solver.project_get_id(kind, number) for number in range(solver.project_get_count(kind)))


def _numbers(names: Sequence[str]) -> dict[str, int]:
    """By name, and by name in small letters: capitals make no difference to the engine."""
    return {name.lower(): number for number, name in enumerate(names)} | {
        name: number for number, name in enumerate(names)
    }


def _number(numbers: Mapping[str, int], name: str, kind: str, model: str) -> int:
    number = numbers.get(name, numbers.get(name.lower()))
    if number is None:
        raise NotFound(f"{model} has no {kind} {name}; look into the model for its names.")
    return number
