"""How often gauges fail, in one table.

FloodNet is the labelled set of New York's street gauges (github.com/floodnet-nyc, 45 deployments, 11.5 million
readings): 6.6 to 8.0 % of its readings are missing, 334,074 belong to pulse chains, 43,399 to boxes, 35,806 are blips
and 45,808 are floods. Where it says nothing the number is our choice, and said to be.
"""

from dataclasses import dataclass, fields, replace

AMOUNTS = frozenset({"noise", "drift_m", "skew_s"})  # how much; all others are how often
KEPT = frozenset({"stores", "newest_first"})  # what a device can do is no fault of it


@dataclass(frozen=True, kw_only=True)
class FaultRates:
    """Rates of faults; all zero is a fleet that never fails.

    Attributes:
        noise: Times the noise that each kind of gauge has by itself, see `instrument.NOISE`.
        lost: Share of messages that never arrive.
        blips_per_day: Single high values, of each level gauge.
        pulse_days: Share of an ultrasonic gauge's days with a chain of pulses.
        box_days: Share of an ultrasonic gauge's days on which something stands below it.
        stuck_days: Share of a gauge's days on which its value stays as it is for hours.
        drift_share: Share of level gauges that drift from one visit for upkeep to the next.
        drift_m: The most by which one drifts, up or down.
        outages_per_day: Breaks of a device's connection in any weather.
        outages_per_heavy_hour: Further ones in an hour of heavy rain.
        stores: Share of devices that keep through an outage what they measure.
        newest_first: Share of those that send the newest of it first.
        weak_batteries: Share of devices without mains whose battery sags.
        weak_nights: Share of the nights in which such a one is silent.
        skewed: Share of devices whose clock is off.
        skew_s: The most by which one is off, fast or slow.
        wrong_zone: Share of devices that are off by the hours of the time zone.
        duplicated: Share of messages that are sent twice.
        late: Share of messages that are overtaken by later ones.
        resets_per_day: Restarts at zero of each rain counter.
    """

    noise: float = 0.0
    lost: float = 0.0
    blips_per_day: float = 0.0
    pulse_days: float = 0.0
    box_days: float = 0.0
    stuck_days: float = 0.0
    drift_share: float = 0.0
    drift_m: float = 0.0
    outages_per_day: float = 0.0
    outages_per_heavy_hour: float = 0.0
    stores: float = 0.6
    newest_first: float = 0.5
    weak_batteries: float = 0.0
    weak_nights: float = 0.0
    skewed: float = 0.0
    skew_s: float = 0.0
    wrong_zone: float = 0.0
    duplicated: float = 0.0
    late: float = 0.0
    resets_per_day: float = 0.0

    def __post_init__(self) -> None:
        for name, rate in self._rates().items():
            most = float("inf") if name in AMOUNTS or "_per_" in name else 1.0
            if not 0 <= rate <= most:
                raise ValueError(f"the rate {name} lies between 0 and {most:g}, and is {rate}")

    def scaled(self, factor: float) -> "FaultRates":
        """These faults, so many times as often and as large; a share ends at 1.

        Args:
            factor: 0 is no fault at all, 1 changes nothing.
        """
        times = {name: factor * rate for name, rate in self._rates().items() if name not in KEPT}
        shares = {name: min(rate, 1.0) for name, rate in times.items() if name not in AMOUNTS and "_per_" not in name}
        return replace(self, **(times | shares))

    def _rates(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


NONE = FaultRates()
TYPICAL = FaultRates(
    noise=1.0,  # as each kind has it
    lost=0.07,  # FloodNet: 6.6 to 8.0 %
    blips_per_day=1.0,  # our choice; FloodNet's are one in 321 readings, 4.5 in a day of minutes
    pulse_days=0.30,  # our choice; in FloodNet ten readings of noise come upon one of a flood, and most are pulses
    box_days=0.10,  # our choice; FloodNet has as many readings in boxes as in floods
    stuck_days=0.05,  # our choice
    drift_share=0.2,  # our choice
    drift_m=0.12,  # our choice
    outages_per_day=0.1,  # our choice
    outages_per_heavy_hour=0.15,  # our choice: radio fades and mains fail when it pours
    stores=0.6,  # our choice
    newest_first=0.5,  # our choice: both are met
    weak_batteries=0.05,  # our choice
    weak_nights=0.5,  # our choice
    skewed=0.5,  # our choice
    skew_s=120.0,  # our choice: two minutes
    wrong_zone=0.01,  # our choice
    duplicated=0.02,  # our choice: QoS 1 sends again what was not acknowledged in time
    late=0.01,  # our choice
    resets_per_day=0.02,  # our choice
)
HARSH = TYPICAL.scaled(2.5)  # our choice: a fleet that nobody has looked after
RATES = {"none": NONE, "typical": TYPICAL, "harsh": HARSH}  # as on the command line
