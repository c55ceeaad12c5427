"""What a fleet says and when."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from floodcore.packs.read import read_pack
from floodcore.wire.senml import JSON, decode
from floodcore.wire.senml_time import Arrival
from simulators.packs import shipped
from simulators.schedule import MOST_RECORDS, Message, messages

NOON = datetime(2021, 7, 20, 4, 0, tzinfo=UTC)
DEVICES = {"s1": "dev-1", "s2": "dev-2"}


def observations(*rows: tuple[float, str, str, float, float]) -> pd.DataFrame:
    """Minutes after noon, station, quantity, value, and minutes after noon of its receipt."""
    times = {
        name: pd.to_datetime([NOON + timedelta(minutes=row[column]) for row in rows]).as_unit("us")
        for name, column in (("observed_at", 0), ("received_at", 4))
    }
    return pd.DataFrame(
        {
            **times,
            "station_id": [row[1] for row in rows],
            "quantity": [row[2] for row in rows],
            "value": [row[3] for row in rows],
        }
    )


def said(message: Message) -> list[tuple[str, float, float]]:
    """Quantity, minutes after noon, value."""
    pack = decode(message.payload, device_id="x", content_type=JSON, arrival=Arrival(at=message.due))
    assert not pack.faults
    return [(one.quantity, (one.observed_at - NOON) / timedelta(minutes=1), one.value) for one in pack.readings]


def test_one_message_a_device_and_moment_in_the_order_of_time() -> None:
    rows = observations((1, "s2", "level", 0.2, 1), (0, "s1", "level", 0.1, 0), (0, "s1", "flow", 5.0, 0))
    first, second = messages(rows, DEVICES)
    assert (first.topic, first.due, first.readings) == ("onemap/v1/devices/dev-1/telemetry", NOON, 2)
    assert said(first) == [("level", 0, 0.1), ("flow", 0, 5.0)]
    assert said(second) == [("level", 1, 0.2)]


def test_what_was_received_late_is_sent_late_and_together() -> None:
    rows = observations((0, "s1", "level", 0.1, 30), (1, "s1", "level", 0.2, 30), (2, "s2", "level", 0.3, 2))
    first, second = messages(rows, DEVICES)
    assert said(first) == [("level", 2, 0.3)]
    assert second.due == NOON + timedelta(minutes=30)
    assert said(second) == [("level", 0, 0.1), ("level", 1, 0.2)]


def test_nothing_is_sent_before_it_was_observed() -> None:
    (only,) = messages(observations((5, "s1", "level", 0.1, 0)), DEVICES)
    assert only.due == NOON + timedelta(minutes=5)


def test_a_long_upload_goes_in_parts() -> None:
    rows = observations(*((n, "s1", "level", 0.1, 5000) for n in range(MOST_RECORDS + 1)))
    assert [message.readings for message in messages(rows, DEVICES)] == [MOST_RECORDS, 1]


def test_a_shipped_pack_is_played_whole() -> None:
    pack = read_pack(shipped("floodnet-2023-09-29"))
    played = list(messages(pack.observations, {station.station_id: station.device_id for station in pack.stations}))
    assert sum(message.readings for message in played) == len(pack.observations)
    assert [message.due for message in played] == sorted(message.due for message in played)
