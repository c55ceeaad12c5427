"""Minutes of a small world, for tests of its gauges."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.bank import Bank
from simulators.instruments.rates import NONE, FaultRates
from simulators.instruments.sent import Sent
from simulators.world.minute import Minute

MIDNIGHT = datetime(2021, 7, 19, 16, tzinfo=UTC)  # in Zhengzhou
DAY = 1440  # minutes
HEAD_M = 3.0
MINUTE = timedelta(minutes=1)
VITALS = ("battery", "rssi")

Course = Callable[[int], float]


def gauges(count: int, kind: GaugeKind = GaugeKind.PRESSURE, *, on_mains: bool = False, every: int = 1) -> list[Gauge]:
    """Named g-0, g-1 and so on; `every` is the interval in rain in minutes."""
    return [
        Gauge(
            device_id=f"g-{n}",
            site_id=f"s-{n}",
            kind=kind,
            head_m=HEAD_M if kind is GaugeKind.ULTRASONIC else None,
            on_mains=on_mains,
            interval=every * MINUTE,
        )
        for n in range(count)
    ]


def minute(number: int, truth: Sequence[float], rain_mm_h: float = 0.0, power: Sequence[bool] | None = None) -> Minute:
    """The one that ends so many minutes after midnight; the truth is each gauge's."""
    return Minute(
        at=MIDNIGHT + number * MINUTE,
        depth_m=np.zeros(0),
        road_m=np.zeros(0),
        gauge=np.array(truth, dtype=np.float64),
        has_power=np.array(power if power is not None else [True] * len(truth), dtype=np.bool_),
        rain_mm_h=np.array([rain_mm_h]),
    )


def play(
    these: Sequence[Gauge],
    minutes: int,
    truth: float | Course = 0.0,
    rates: FaultRates = NONE,
    rain_mm_h: float = 0.0,
    seed: int = 7,
) -> list[Sent]:
    """All that they send; the truth is the same for each of them, and still, or a course by the minute."""
    bank = Bank(these, MIDNIGHT, seed, rates)
    course = truth if callable(truth) else lambda _: truth
    sent: list[Sent] = []
    for number in range(1, minutes + 1):
        sent += bank.observe(minute(number, [course(number)] * len(these), rain_mm_h))
    return sent


def readings(sent: Sequence[Sent]) -> list[Sent]:
    """Without what devices say of themselves."""
    return [one for one in sent if one.quantity not in VITALS]
