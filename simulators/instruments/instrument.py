"""What each kind of gauge is: what it sends, how finely, and how often."""

from dataclasses import dataclass
from datetime import timedelta

from floodcore.domain.reading import Quantity
from floodcore.errors import Refused
from simulators.city.plan import Gauge, GaugeKind
from simulators.instruments.draws import Draws, For

DRY = timedelta(minutes=15)  # docs/reference/mqtt.md, "How often"
BURST = timedelta(minutes=1)
LIMIT_M = 0.15  # over it a road gauge sends every minute: GB 50014-2021 gives a lane 15 cm of water
RISE_M = 0.05  # in a minute; more is sent at once
WATER_M = 0.03  # under the gauge: five times an ultrasonic head's noise
NEAREST_M = 0.3  # an ultrasonic head's dead zone, as of the common waterproof ones
ROAD = frozenset({GaugeKind.ULTRASONIC, GaugeKind.PRESSURE, GaugeKind.STAFF})
LEVELS = ROAD | {GaugeKind.MANHOLE, GaugeKind.RIVER}

# Standard deviation in m; of FLOW as a share of the flow. All our choice.
NOISE = {
    GaugeKind.ULTRASONIC: 0.006,
    GaugeKind.PRESSURE: 0.004,
    GaugeKind.STAFF: 0.0,  # its steps are far wider
    GaugeKind.MANHOLE: 0.005,
    GaugeKind.RIVER: 0.006,  # waves
    GaugeKind.RAIN: 0.0,  # it counts
    GaugeKind.FLOW: 0.03,
    GaugeKind.PUMP: 0.0,
}
# What the last digit is worth, in the unit of the quantity. Our choice, but for the staff.
STEP = {
    GaugeKind.ULTRASONIC: 0.001,
    GaugeKind.PRESSURE: 0.01,
    GaugeKind.STAFF: 0.01,  # an electrode each centimetre
    GaugeKind.MANHOLE: 0.01,
    GaugeKind.RIVER: 0.01,
    GaugeKind.RAIN: 0.1,
    GaugeKind.FLOW: 0.001,
    GaugeKind.PUMP: 1.0,
}
COUNTERS = 0.3  # share of rain gauges that send a counter; our choice
ROLLING = 0.5  # share of those whose counter has an end; our choice
ROLLOVER_MM = 1000.0  # four digits of a tenth of a millimetre
TIPS_MM = ((0.8, 0.2), (1.0, 0.5))  # up to which share a bucket tips at what: both are sold, the shares are our choice

QUANTITY = {
    GaugeKind.ULTRASONIC: Quantity.DISTANCE,
    GaugeKind.RAIN: Quantity.RAIN,
    GaugeKind.FLOW: Quantity.FLOW,
    GaugeKind.PUMP: Quantity.PUMP,
}


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """What a gauge turns out to be once it is bought and fitted; what the register is to know of it.

    Attributes:
        quantity: What it sends.
        dry, rain, burst: Between two readings in dry weather, in rain, over a limit.
        tip_mm: What its bucket holds; None of no rain gauge.
        begins_mm: What its counter shows at the start.
        rollover_mm: Where its counter begins anew by itself; None where it does not.
    """

    quantity: Quantity
    dry: timedelta = DRY
    rain: timedelta
    burst: timedelta = BURST
    tip_mm: float | None = None
    begins_mm: float = 0.0
    rollover_mm: float | None = None


def instrument(gauge: Gauge, seed: int) -> Instrument:
    """What a gauge is, the same for whoever asks with the same seed.

    Raises:
        Refused: It is ultrasonic, and nobody knows how high its head hangs.
    """
    if gauge.kind is GaugeKind.ULTRASONIC and (gauge.head_m is None or gauge.head_m <= NEAREST_M):
        raise Refused(
            f"The ultrasonic gauge {gauge.device_id} needs head_m, more than the {NEAREST_M:g} m that it cannot see."
        )
    if gauge.kind is not GaugeKind.RAIN:
        return Instrument(quantity=QUANTITY.get(gauge.kind, Quantity.LEVEL), rain=gauge.interval)
    draws = Draws(seed, [gauge.device_id])
    tip, counter, rolling, begins = (float(draws.uniform(For.CHARACTER, 0, number)[0]) for number in range(100, 104))
    tip_mm = next(size for share, size in TIPS_MM if tip < share)
    if counter >= COUNTERS:
        return Instrument(quantity=Quantity.RAIN, rain=gauge.interval, tip_mm=tip_mm)
    return Instrument(
        quantity=Quantity.RAIN_TOTAL,
        rain=gauge.interval,
        tip_mm=tip_mm,
        begins_mm=tip_mm * int(begins * ROLLOVER_MM / tip_mm),
        rollover_mm=ROLLOVER_MM if rolling < ROLLING else None,
    )
