"""Whose readings are judged: sensors with their places, and what people have said about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity
from floodcore.domain.site import Place, SiteKind
from floodcore.domain.upkeep import Action, Correction, Maintenance, Mount
from floodcore.store.database import Connection, fetch_all
from floodcore.store.mounts import mounts_of
from floodcore.store.statements import statements
from ingest.quality.said import Finding, Said

SQL = statements("quality", "ingest")
# What is computed from what, on one device.
SOURCE_OF = {Quantity.LEVEL: Quantity.DISTANCE, Quantity.RAIN: Quantity.RAIN_TOTAL}
COMPUTED = [*SOURCE_OF.keys(), *SOURCE_OF.values()]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A sensor that is judged.

    Attributes:
        sensor_id: Its number.
        device_id: Its device.
        site_id: Where it is.
        quantity: What it measures.
        kind: Of the site.
        place: Of the site; None where nobody knows.
        rollover_mm: Where a rain counter begins anew by itself.
    """

    sensor_id: int
    device_id: str
    site_id: str
    quantity: Quantity
    kind: SiteKind
    place: Place | None
    rollover_mm: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subjects:
    """All that a round is about.

    Attributes:
        by_id: The sensors.
        by_role: The same by device and quantity.
        mounts: By device; a device without any is missing.
        said: By sensor.
    """

    by_id: dict[int, Subject]
    by_role: dict[tuple[str, Quantity], Subject]
    mounts: dict[str, tuple[Mount, ...]]
    said: dict[int, Said]

    def of(self, quantities: Collection[Quantity]) -> list[Subject]:
        """Those that measure one of these, by number."""
        return [subject for subject in self.by_id.values() if subject.quantity in quantities]

    def source_of(self, subject: Subject) -> Subject | None:
        """What a sensor's values may be computed from."""
        source = SOURCE_OF.get(subject.quantity)
        return self.by_role.get((subject.device_id, source)) if source else None


async def subjects_of(connection: Connection, sensor_ids: Iterable[int]) -> Subjects:
    """These sensors and their kin, with all that is said about them; numbers that nobody knows are left out."""
    asked = {"sensor_ids": sorted(sensor_ids), "computed": [str(quantity) for quantity in COMPUTED]}
    by_id = {row["sensor_id"]: subject(row) for row in await fetch_all(connection, SQL["subjects"], asked)}
    devices = sorted({one.device_id for one in by_id.values()})
    work: dict[str, list[Maintenance]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["maintenance"], {"devices": devices}):
        work[row["device_id"]].append(Maintenance(**row))
    words: dict[int, list[Correction]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["corrections"], {"sensor_ids": sorted(by_id)}):
        words[row["sensor_id"]].append(Correction(**row | {"action": Action(row["action"])}))
    findings: dict[int, list[Finding]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["findings"], {"sensor_ids": sorted(by_id)}):
        findings[row["sensor_id"]].append(Finding(flag=Flag(row["flag"]), begins=row["begins"], ends=row["ends"]))
    return Subjects(
        by_id=by_id,
        by_role={(one.device_id, one.quantity): one for one in by_id.values()},
        mounts=await mounts_of(connection, devices),
        said={
            one.sensor_id: Said(
                maintenance=tuple(work[one.device_id]),
                corrections=tuple(words[one.sensor_id]),
                findings=tuple(findings[one.sensor_id]),
            )
            for one in by_id.values()
        },
    )


def subject(row: dict[str, Any]) -> Subject:
    """A row of a statement that tells a sensor with its site."""
    return Subject(
        sensor_id=row["sensor_id"],
        device_id=row["device_id"],
        site_id=row["site_id"],
        quantity=Quantity(row["quantity"]),
        kind=SiteKind(row["kind"]),
        place=Place(lon=row["lon"], lat=row["lat"]) if row["lon"] is not None else None,
        rollover_mm=row["rollover_mm"],
    )
