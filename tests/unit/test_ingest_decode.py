"""What ingest makes of a message before anything is stored."""

import json
from typing import Any

import pytest

from floodcore.domain.reading import Quantity, Reason
from floodcore.testing.five_streets import NOON
from floodcore.wire import topics
from ingest.decode import Status, decode, rejected
from ingest.message import Message

LEVEL = {"n": "level", "v": 0.1}


def message(pack: Any, topic: str = topics.telemetry("gauge-A")) -> Message:
    payload = pack if isinstance(pack, bytes) else json.dumps(pack).encode()
    return Message(topic=topic, payload=payload, content_type=None, received_at=NOON)


def test_the_topic_says_whose_reading_it_is() -> None:
    [reading] = decode(message([LEVEL | {"bn": "gauge-B:"}])).readings
    assert (reading.device_id, reading.received_at) == ("gauge-A", NOON)


def test_a_topic_without_a_devices_name_is_a_fault() -> None:
    [fault] = decode(message([LEVEL], "onemap/v1/devices/gauge Ä/telemetry")).faults
    assert fault.reason is Reason.BAD_TOPIC


@pytest.mark.parametrize("said", ["online", "offline"])
def test_a_device_says_whether_it_is_there(said: str) -> None:
    decoded = decode(message(said.encode(), topics.status("gauge-A")))
    assert decoded.status == Status(device_id="gauge-A", status=said, at=NOON)
    assert rejected(decoded, ()) is None


def test_a_status_that_is_taken_back_says_nothing() -> None:
    decoded = decode(message(b"", topics.status("gauge-A")))
    assert decoded.status is None
    assert rejected(decoded, ()) is None


def test_a_message_that_was_read_is_not_rejected() -> None:
    assert rejected(decode(message([LEVEL])), ()) is None


def test_bad_records_and_strangers_are_one_rejected_message_that_counts_both() -> None:
    raw = message([LEVEL, {"n": "mood", "v": 1}, {"n": "battery", "v": 3.6}, {"n": "battery", "t": -1, "v": 3.6}])
    decoded = decode(raw)
    assert len(decoded.readings) == 3
    told = rejected(decoded, {("gauge-A", Quantity.BATTERY)})
    assert told
    assert (told.payload, told.topic, told.reason, told.records) == (
        raw.payload,
        raw.topic,
        Reason.UNKNOWN_QUANTITY,
        1 + 2,
    )
    assert "The register has no battery of gauge-A" in told.detail


def test_many_faults_are_told_like_a_few() -> None:
    told = rejected(decode(message([7] * 100)), ())
    assert told
    assert told.records == 100
    assert told.detail.endswith("And 97 more.")
