"""What a pack's devices say, and when: one message a device and moment, in the order of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

import pandas as pd

from floodcore.domain.reading import Quantity
from floodcore.wire import senml, topics

MOST_RECORDS = 500  # a message of some 20 kB: a gauge that uploads its day after an outage sends several


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One telemetry message; `due` is when its device sends it, `readings` how many records it has."""

    due: datetime
    topic: str
    payload: bytes
    readings: int


def messages(observations: pd.DataFrame, device_of: Mapping[str, str]) -> Iterator[Message]:
    """The messages for a pack's observations.

    What the pack says was received late is sent late: a reading is due when it was received, and never before it was
    observed. Readings that one device sends at one moment share a message.

    Args:
        observations: Rows of `Pack.observations`.
        device_of: Device id by station id.
    """
    due = observations[["observed_at", "received_at"]].max(axis="columns")
    rows = observations.assign(due=due, device=observations["station_id"].map(device_of).astype(str))
    rows = rows.sort_values(["due", "device", "observed_at"], kind="stable")
    said = zip(
        rows["due"].dt.to_pydatetime(),
        rows["device"],
        rows["quantity"],
        rows["observed_at"].dt.to_pydatetime(),
        rows["value"].tolist(),
        strict=True,
    )
    return packed(
        (at, device, Quantity(quantity), observed_at, value) for at, device, quantity, observed_at, value in said
    )


def packed(said: Iterable[tuple[datetime, str, Quantity, datetime, float]]) -> Iterator[Message]:
    """Messages of at most MOST_RECORDS records, one a device and moment.

    Args:
        said: When each record is due, its device, quantity, time and value; in the order of time, with what a device
            says at one moment side by side.
    """
    for (due, device), together in groupby(said, key=lambda one: one[:2]):
        records = (one[2:] for one in together)
        while part := list(islice(records, MOST_RECORDS)):
            yield Message(
                due=due, topic=topics.telemetry(device), payload=senml.encode(device, part), readings=len(part)
            )
