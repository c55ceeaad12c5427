"""One part of a city as a model that runs: orders in, a snapshot out; the same in this process and in another."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from simulators.engine.clocked import by_our_clock
from simulators.engine.inp import Inp
from simulators.engine.swmm import Engine
from simulators.world.water import FloatArray, Orders, Snapshot

MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Model:
    """What is to run.

    Attributes:
        name: For people, in errors.
        text: Of an input file.
        folder: Where the files lie that it names.
        links: Whose flow each snapshot is to tell.
        use: A hot start file of the same model.
        as_written: Its own rain and its own end, instead of ours.
    """

    name: str
    text: str
    folder: Path | None = None
    links: tuple[str, ...] = ()
    use: Path | None = None
    as_written: bool = False


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """What was worst while a model ran.

    Attributes:
        depth_m: Deepest water over each node's invert, shape (n_nodes,).
        full_m: From each node's invert to its rim, shape (n_nodes,).
        overflow_m3: What each node lost or ponded, shape (n_nodes,).
        flow_m3_s: Largest flow either way, shape (n_links,).
    """

    depth_m: FloatArray
    full_m: FloatArray
    overflow_m3: FloatArray
    flow_m3_s: FloatArray


class Running:
    """A model that runs; a context manager.

    Attributes:
        nodes, links, gages: Names in the order of the model.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._open = contextlib.ExitStack()
        self._fed: set[str] = set()  # nodes whose inflow was set

    def __enter__(self) -> Self:
        model = self._model
        text = model.text if model.as_written else by_our_clock(Inp.parse(model.text), model.folder).text()
        self._engine = self._open.enter_context(Engine(text, name=model.name, use=model.use))
        self.nodes, self.links, self.gages = self._engine.nodes, self._engine.links, self._engine.gages
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def advance(self, seconds: float, orders: Orders) -> Snapshot:
        """Do as ordered for so long, and tell the water at the end. An order that is not repeated is over.

        A stage is an exception: the river stays where it was put.
        """
        engine = self._engine
        engine.set_rain(orders.rain_mm_h)
        for node in self._fed - orders.inflow_m3_s.keys():
            engine.set_inflow(node, 0.0)
        self._fed &= orders.inflow_m3_s.keys()
        for node, m3_s in orders.inflow_m3_s.items():
            engine.set_inflow(node, m3_s)
            self._fed.add(node)
        for link in engine.held_links() - orders.setting.keys():
            engine.set_pump(link, 1.0)
        for link, setting in orders.setting.items():
            engine.set_pump(link, setting)
        for outfall, level_m in orders.stage_m.items():
            engine.set_stage(outfall, level_m)
        engine.advance(timedelta(seconds=seconds))
        return Snapshot(depth_m=engine.depth(), flow_m3_s=engine.flow(self._model.links))

    def peaks(self, minutes: int, rain_mm_h: FloatArray | None) -> Peaks:
        """Run for so many minutes and tell the worst of them.

        Args:
            minutes: At most; a model as written may end sooner by its own END_DATE.
            rain_mm_h: Shape (n_minutes, n_gages), dry afterwards; None leaves the model its own rain.
        """
        engine = self._engine
        depth, overflow = np.zeros(len(self.nodes)), np.zeros(len(self.nodes))
        flow = np.zeros(len(self.links))
        for minute in range(minutes):
            if rain_mm_h is not None:
                engine.set_rain(rain_mm_h[minute] if minute < len(rain_mm_h) else np.zeros(len(self.gages)))
            engine.advance(timedelta(minutes=1))
            depth = np.maximum(depth, engine.depth())
            flow = np.maximum(flow, np.abs(engine.flow()))
            overflow += engine.overflow() * MINUTE_S
        return Peaks(depth_m=depth, full_m=engine.full_depths(), overflow_m3=overflow, flow_m3_s=flow)

    def save(self, path: Path) -> None:
        """Write a hot start file from which the same model can go on."""
        self._engine.save(path)

    def balance_pct(self) -> float:
        """The error of the balance so far, per cent of what came in."""
        return self._engine.balance().worst_pct
