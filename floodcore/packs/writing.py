"""A pack as files again, so that what is read from them is what was written, bit for bit."""

import csv
import gzip
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from floodcore.domain.ladders import ROAD_SOURCE
from floodcore.domain.levels import Threshold
from floodcore.errors import Refused
from floodcore.packs.description import FILE, Description
from floodcore.packs.durable import settle
from floodcore.packs.stations import THRESHOLDS, Station

STATIONS, OBSERVATIONS = "stations.csv", "observations.csv.gz"
NOTHING: Mapping[str, bytes] = {}
ALWAYS_WRITTEN = ("station_id", "name", "kind", "lon", "lat")


class Observation(NamedTuple):
    """One row of observations.csv; `received_at` is None where it is `observed_at`."""

    observed_at: datetime
    station_id: str
    quantity: str
    value: float
    quality: str | None
    received_at: datetime | None


Write = Callable[[Iterable[Observation]], None]


@contextmanager
def writing(
    folder: Path, description: Description, stations: Sequence[Station], beside: Mapping[str, bytes] = NOTHING
) -> Iterator[Write]:
    """A pack that is there as a whole, and on the disk, when the block ends well, and not at all otherwise.

    Args:
        folder: New, or empty.
        description: What it says of itself.
        stations: Who measured.
        beside: Further files by name, named among its resources.

    Yields:
        A function that adds observations; hand them over in the order in which they shall stand.

    Raises:
        Refused: The folder has something in it.
    """
    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, part)
        (part / FILE).write_text(_described(description, beside), encoding="utf-8")
        for name, content in beside.items():
            (part / name).write_bytes(content)
        _write_stations(part / STATIONS, stations)
        with (
            (part / OBSERVATIONS).open("wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,  # the same data, the same file
            io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
        ):
            rows = csv.writer(text, lineterminator="\n")
            rows.writerow(Observation._fields)
            yield lambda observations: rows.writerows(map(_row, observations))
        part.chmod(0o755)  # mkdtemp makes it for its owner alone
        settle([*part.iterdir(), part])
        part.rename(folder)
        undo.pop_all()
        settle([folder.parent])


def check_new(folder: Path) -> None:
    """Whether a pack can be written there; for whoever works long before writing it.

    Raises:
        Refused: It is a file, or a folder that has something in it.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise Refused(f"{folder} is there already and not empty; name a new folder, or remove this one first.")


def moment(time: datetime) -> str:
    """ISO 8601 in UTC with a Z; microseconds only where there are any."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _row(one: Observation) -> tuple[str, str, str, str, str, str]:
    received = moment(one.received_at) if one.received_at else ""
    return moment(one.observed_at), one.station_id, one.quantity, repr(one.value), one.quality or "", received


def _described(description: Description, beside: Iterable[str]) -> str:
    files = {"stations": STATIONS, "observations": OBSERVATIONS} | {name.partition(".")[0]: name for name in beside}
    package = {
        "name": description.pack_id,
        "title": description.title,
        "timezone": description.timezone,
        "sources": list(description.sources),
        "licenses": list(description.licences),
        "storms": [
            {"id": storm.storm_id, "title": storm.title, "start": moment(storm.start), "end": moment(storm.end)}
            for storm in description.storms
        ],
        "resources": [{"name": name, "path": path} for name, path in files.items()],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _write_stations(file: Path, stations: Sequence[Station]) -> None:
    written = [_fields(station) for station in stations]
    used = {name for fields in written for name, text in fields.items() if text}
    columns = [name for name in (written[0] if written else ALWAYS_WRITTEN) if name in used or name in ALWAYS_WRITTEN]
    with file.open("w", encoding="utf-8", newline="") as text:
        rows = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
        rows.writeheader()
        rows.writerows(written)


def _fields(station: Station) -> dict[str, str]:
    site, place = station.site, station.site.place
    return {
        "station_id": station.station_id,
        "name": site.name,
        "kind": station.kind,
        "lon": repr(place.lon) if place else "",
        "lat": repr(place.lat) if place else "",
        "name_en": site.name_en or "",
        "district": site.district or "",
        "site_kind": site.kind,
        "position": site.position or "",
        "site_id": "" if site.site_id == station.device_id else site.site_id,
        "device_id": station.device_id if station.device_named else "",
        "datum_m": _number(station.datum_m),
        "upstream_of": station.upstream_of or "",
        "catchment_km2": _number(station.catchment_km2),
        **_thresholds(station.thresholds),
    }


def _thresholds(thresholds: Sequence[Threshold]) -> dict[str, str]:
    """Blank where the default ladder stands: whoever reads the pack has it by the site's kind."""
    own = [threshold for threshold in thresholds if threshold.source != ROAD_SOURCE]
    depths = {threshold.level: repr(threshold.depth_m) for threshold in own}
    return {name: depths.get(level, "") for name, level in THRESHOLDS.items()} | {
        "thresholds_source": own[0].source if own else ""
    }


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
