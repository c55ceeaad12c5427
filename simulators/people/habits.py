"""How a crew takes an order, and how it tires. Everything here is constructed: nobody has measured the city's crews."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from numpy.random import Generator

from simulators.chance import chance

# Reaction and turn-out times of people lean to the right: most are quick and a few are very late, which a lognormal
# distribution describes. Medians and spreads are guessed.
ACCEPT_MEDIAN, ACCEPT_SIGMA = timedelta(seconds=45), 0.5
DEPART_MEDIAN, DEPART_SIGMA = timedelta(minutes=2), 0.4
SLOWEST = 4.0  # medians; a control room calls again whoever has not answered by then
WORK_AT_MOST = (90.0, 180.0)  # minutes on the scene if the water does not go; guessed
REFUSES = 0.03  # of all orders; guessed
REASONS = ("车辆故障，无法出动", "人员未到齐", "泵车油料不足")

SHIFT = timedelta(hours=8)  # from here on a crew slows down and asks for its relief
WORN_OUT = timedelta(hours=12)  # by now it is as slow as it gets
LEAST_VIGOUR = 0.7  # guessed
REST = timedelta(hours=6)  # without work, and its duty begins anew
WANTS_RELIEF = "已连续作业超过8小时，请求换岗"


@dataclass(frozen=True, kw_only=True)
class Temper:
    """How one crew takes one order.

    Attributes:
        accept_after: From the alert to 收到, or to its refusal.
        depart_after: From 收到 to 出发.
        speed_m_s: On the road, in rain, where no map of the roads is at hand.
        work_at_most: On the scene, if the water does not go.
        refuses: Why it does not take the order at all; None where it does.
    """

    accept_after: timedelta
    depart_after: timedelta
    speed_m_s: float
    work_at_most: timedelta
    refuses: str | None = None


def temper(seed: int, team_id: str, order_id: str) -> Temper:
    """How this crew takes this order; the same for the same seed."""
    draw = chance(seed, "crew", team_id, order_id)
    return Temper(
        accept_after=_delay(draw, ACCEPT_MEDIAN, ACCEPT_SIGMA),
        depart_after=_delay(draw, DEPART_MEDIAN, DEPART_SIGMA),
        speed_m_s=25 / 3.6 * draw.uniform(0.8, 1.2),  # 25 km/h, less or more
        work_at_most=timedelta(minutes=draw.uniform(*WORK_AT_MOST)),
        refuses=REASONS[draw.integers(len(REASONS))] if draw.random() < REFUSES else None,
    )


def pace(seed: int, team_id: str) -> float:
    """How fast a crew drives; 1 is everybody's."""
    return float(chance(seed, "pace", team_id).uniform(0.85, 1.15))  # guessed


@dataclass(frozen=True, kw_only=True)
class Duty:
    """How long a crew has worked: from `since` to `until`, without a rest between."""

    since: datetime
    until: datetime

    def on(self, now: datetime) -> "Duty":
        """It works now, too."""
        return Duty(since=now if self.is_rested(now) else self.since, until=now)

    def is_rested(self, now: datetime) -> bool:
        """Whether it has had its rest."""
        return now - self.until >= REST

    def is_over(self, now: datetime) -> bool:
        """Whether its shift is, and it waits for its relief."""
        return not self.is_rested(now) and self.until - self.since >= SHIFT

    def vigour(self) -> float:
        """How much it does in a minute, of what it does when fresh: 1, and after the shift less and less."""
        over = (self.until - self.since - SHIFT) / (WORN_OUT - SHIFT)
        return 1.0 - (1.0 - LEAST_VIGOUR) * min(1.0, max(0.0, over))


def _delay(draw: Generator, median: timedelta, sigma: float) -> timedelta:
    return median * min(SLOWEST, float(draw.lognormal(0.0, sigma)))
