"""Which storms an ensemble is made of, and when each of them falls."""

from datetime import UTC, datetime, timedelta

import msgspec

from simulators.city.plan import City
from simulators.ensemble.moved import Moved
from simulators.scene import Scene
from simulators.storms.catalogue import ensemble
from simulators.storms.storm import Storm

FIRST = datetime(2000, 1, 1, 6, tzinfo=UTC)  # long before the storms of record, so that one memory holds them all
# From storm to storm: one and its aftermath last up to fifteen hours, and a clock in the wrong zone is off by eight, so
# that nothing of one is ever observed in the next. The hours go round the clock: nights fall into some storms.
APART = timedelta(days=3, hours=5)
LEAD_IN = timedelta(minutes=30)  # dry, so that forecasts have something to go by
AFTERMATH = timedelta(hours=2)  # streets drain in one to four hours; most of the fall is seen


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What makes an ensemble; two plans that are equal make the same packs, however many and by however many hands.

    Attributes:
        city: Name of a constructed one.
        seed: Of city, storms and gauges.
        faults: How badly gauges behave, by name.
        minutes: That each recording lasts; None: from LEAD_IN before its rain to AFTERMATH after it.
    """

    city: str
    seed: int
    faults: str
    minutes: int | None = None


def folder_of(number: int) -> str:
    """The folder of a storm, counted from 1."""
    return f"storm-{number:04d}"


def storms_of(plan: Plan, city: City, count: int) -> list[Storm]:
    """The first `count` storms; none depends on how many are asked for."""
    return [
        Moved(storm=storm, by=FIRST + number * APART - storm.start)
        for number, storm in enumerate(ensemble(count, city.area, plan.seed))
    ]


def scene_of(plan: Plan, city: City, storm: Storm) -> Scene:
    """What is recorded of a storm."""
    start = _whole_minute(storm.start) - LEAD_IN
    end = _whole_minute(storm.end) + AFTERMATH if plan.minutes is None else start + timedelta(minutes=plan.minutes)
    return Scene(city=city, storm=storm, wet_from=start, start=start, end=end)


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
