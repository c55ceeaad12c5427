"""A storm over a city from its first minute to its last, as fast as the machine goes: what was true, what was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from simulators.instruments.bank import Bank
from simulators.instruments.sent import Sent
from simulators.scene import MINUTE, Scene
from simulators.world.water import Water
from simulators.world.world import World


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What happened.

    Attributes:
        scene: Where, and in what storm.
        times: Ends of the minutes that are shown.
        road_m: Water over the road at each watched place, shape (n_times, n_watched).
        rain_mm_h: Over each watched place, shape (n_times, n_watched).
        sent: What the gauges sent, in the order of sending.
        balance_pct: Error of the water's balance, per cent; the worst of all parts.
    """

    scene: Scene
    times: tuple[datetime, ...]
    road_m: NDArray[np.float32]
    rain_mm_h: NDArray[np.float32]
    sent: tuple[Sent, ...]
    balance_pct: float


def record(
    scene: Scene,
    water: Water,
    bank: Bank | None = None,
    on_progress: Callable[[float], None] = lambda _share: None,
) -> Recording:
    """Let the storm pass.

    Args:
        scene: What happens.
        water: Of its city; it is closed by whoever made it.
        bank: Its gauges, from `scene.start` on; without them only the truth is recorded.
        on_progress: Is told the share done, 0 to 1.
    """
    world = World(scene.city, scene.storm, water, start=scene.wet_from)
    n_all = -(-(scene.end - scene.wet_from) // MINUTE)
    times: list[datetime] = []
    depths: list[NDArray[np.float64]] = []
    rain: list[NDArray[np.float64]] = []
    sent: list[Sent] = []
    for number in range(n_all):
        minute = world.step()
        on_progress((number + 1) / n_all)
        if minute.at <= scene.start:
            continue
        times.append(minute.at)
        depths.append(minute.road_m)
        rain.append(minute.rain_mm_h)
        if bank:
            sent += bank.observe(minute)
    shape = (len(times), len(scene.city.watched))
    return Recording(
        scene=scene,
        times=tuple(times),
        road_m=np.array(depths, dtype=np.float32).reshape(shape),
        rain_mm_h=np.array(rain, dtype=np.float32).reshape(shape),
        sent=tuple(sent),
        balance_pct=world.balance_pct,
    )
