"""A recording as an event pack: what the room would have known, and beside it what was true.

Beside the contract's two tables lie `truth.parquet` (water over the road and rain, a minute at a time, at each watched
place), `sent.parquet` (each record beside the truth of it), `field.npz` (rain as a radar shows it, and as it fell),
`statics.csv` (what is known of each place) and `facts.json` (the storm in a few figures). The same recording makes the
same bytes.
"""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from floodcore.domain.reading import SELF_REPORTS, Quantity
from floodcore.packs import identity
from floodcore.packs.description import Description, Storm
from floodcore.packs.writing import Observation, writing
from simulators.city.plan import City
from simulators.ensemble.facts import FILE as FACTS
from simulators.ensemble.facts import facts_json
from simulators.ensemble.field_file import field_bytes
from simulators.ensemble.statics import statics, statics_csv
from simulators.ensemble.stations import stations
from simulators.ensemble.truth_table import truth_parquet
from simulators.instruments import truth
from simulators.instruments.sent import Sent
from simulators.recording import Recording

SIMULATED = {"title": "模拟数据，非实测 / simulated by One Map, not measured: EPA SWMM 5.2 and constructed gauges"}


def write_pack(recording: Recording, folder: Path, seed: int, pack_id: str | None = None) -> None:
    """Write what happened as an event pack.

    What devices say of themselves, battery and signal, is in `sent.parquet` only: the contract of packs has no such
    quantities.

    Args:
        recording: With what its gauges sent.
        folder: New, or empty.
        seed: That its gauges were made with.
        pack_id: Its name in the register; the city and the storm when None.

    Raises:
        Refused: The folder has something in it.
    """
    city, storm = recording.scene.city, recording.scene.storm
    places = statics(city)
    beside = {
        "truth.parquet": truth_parquet(recording),
        "sent.parquet": _sent_parquet(recording),
        "field.npz": field_bytes(storm, city.area, recording.scene.start, recording.scene.end, seed),
        "statics.csv": statics_csv(places),
        FACTS: facts_json(recording),
    }
    name = identity.site_id(pack_id or f"{city.name}-{storm.label.name}-{seed}")
    with writing(folder, _description(recording, name), stations(city, places), beside) as write:
        write(observations(city, recording.sent))


def observations(city: City, sent: tuple[Sent, ...]) -> Iterator[Observation]:
    """What the room is told, in the order of sending: distances as levels, as it derives them; nothing twice."""
    heads = {gauge.device_id: gauge.head_m for gauge in city.gauges if gauge.head_m is not None}
    seen: set[tuple[str, Quantity, datetime, float]] = set()
    for one in sent:
        key = (one.device_id, one.quantity, one.observed_at, one.value)
        if one.quantity in SELF_REPORTS or key in seen:
            continue
        seen.add(key)
        is_distance = one.quantity is Quantity.DISTANCE
        yield Observation(
            observed_at=one.observed_at,
            station_id=one.device_id,
            quantity=(Quantity.LEVEL if is_distance else one.quantity).value,
            value=heads[one.device_id] - one.value if is_distance else one.value,
            quality=None,
            received_at=None if one.due == one.observed_at else one.due,
        )


def _description(recording: Recording, pack_id: str) -> Description:
    city, scene, label = recording.scene.city, recording.scene, recording.scene.storm.label
    made: list[Mapping[str, str]] = [SIMULATED, {"title": label.source}]
    made += [{"title": f"{note} / {note_en}"} for note, note_en in city.notes]
    return Description(
        pack_id=pack_id,
        title=f"{label.title} · {city.title}（模拟） / {label.title_en} over {city.title_en}, simulated",
        timezone=city.timezone,
        licences=(),  # it is of whoever simulated it
        sources=tuple(made),
        storms=(Storm(storm_id=label.name, title=label.title, start=scene.start, end=scene.end),),
        paths={},
    )


def _sent_parquet(recording: Recording) -> bytes:
    with tempfile.TemporaryDirectory(prefix="onemap-sent-") as folder:
        file = Path(folder) / "sent.parquet"
        with truth.writing(file) as write:
            write(recording.sent)
        return file.read_bytes()
