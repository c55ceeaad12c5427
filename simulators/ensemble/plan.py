"""Which storms an ensemble is made of, and when each of them falls."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from simulators.city.plan import City
from simulators.ensemble.moved import Moved
from simulators.scene import Scene
from simulators.storms.catalogue import ensemble
from simulators.storms.storm import Storm

FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)  # after the storms of record, so that one memory holds both
# From storm to storm: the longest lasts half a day, water stands some hours, and a clock in the wrong zone is off by
# eight: nothing of one storm is ever observed in the next.
APART = timedelta(days=3)
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
    return [_on_its_day(storm, number) for number, storm in enumerate(ensemble(count, city.area, plan.seed))]


def scene_of(plan: Plan, city: City, storm: Storm) -> Scene:
    """What is recorded of a storm."""
    start = _whole_minute(storm.start) - LEAD_IN
    end = _whole_minute(storm.end) + AFTERMATH if plan.minutes is None else start + timedelta(minutes=plan.minutes)
    return Scene(city=city, storm=storm, wet_from=start, start=start, end=end)


def families(storms: Sequence[Storm]) -> dict[str, int]:
    """How many there are of each name, in the order of their first."""
    counted: dict[str, int] = {}
    for storm in storms:
        counted[storm.label.name] = counted.get(storm.label.name, 0) + 1
    return counted


def _on_its_day(storm: Storm, number: int) -> Storm:
    """At its own time of day, so that nights fall into some storms."""
    day = FIRST_DAY + number * APART
    midnight = storm.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Moved(storm=storm, by=day - midnight)


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
