"""What devices and services publish, topic and all: whatever it is, it has an answer that the database takes."""

import random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodcore.domain.reading import Quantity
from floodcore.testing.five_streets import NOON
from floodcore.wire import announcement, senml, topics
from floodcore.wire.announcement import Announcement, Kind
from ingest.decode import decode, rejected
from ingest.message import Message
from tests.fuzz.hammer import Mutator, hammer, hammer_examples

PACK = senml.encode("gauge-A", [(Quantity.LEVEL, NOON, 0.27), (Quantity.BATTERY, NOON, 3.6)])
STATUSES = (b"online", b"offline")
levels = st.sampled_from(["onemap", "v1", "devices", "telemetry", "status", "command", "gauge-A", ""]) | st.text(
    max_size=70
)
named = st.one_of(
    st.text(max_size=70).map(topics.telemetry),
    st.text(max_size=70).map(topics.status),
    st.lists(levels, max_size=7).map("/".join),
)
payloads = st.sampled_from([PACK, b"", *STATUSES, b"[]"]) | st.binary(max_size=100)
content_types = st.none() | st.sampled_from([senml.JSON, senml.CBOR, "Application/CBOR ; x"]) | st.text(max_size=40)


@settings(database=None, suppress_health_check=list(HealthCheck))
@given(named, payloads, content_types, st.booleans())
def every_message_has_an_answer(topic: str, payload: bytes, content_type: str | None, is_known: bool) -> None:
    """It is readings, a status, faults, or a status taken back; and what is refused is kept whole and counted."""
    decoded = decode(Message(topic=topic, payload=payload, content_type=content_type, received_at=NOON))
    device = topics.device_of(topic)
    assert bool(decoded.readings or decoded.status or decoded.faults) or not payload
    assert all(reading.device_id == device for reading in decoded.readings)
    assert (decoded.status is not None) == (payload in STATUSES and device is not None and topic.endswith("/status"))
    unknown = set() if is_known else {(reading.device_id, reading.quantity) for reading in decoded.readings}
    kept = rejected(decoded, unknown)
    refused = sum(fault.records for fault in decoded.faults) + (0 if is_known else len(decoded.readings))
    assert (kept.records if kept else 0) == refused
    if kept:
        assert (kept.topic, kept.payload, kept.content_type) == (topic, payload, content_type)
        assert kept.detail.isascii()
        assert kept.detail.isprintable()


def test_messages_of_anything(budget_s: float, seed: int) -> None:
    print(hammer_examples(every_message_has_an_answer, budget_s, seed), "messages")


def test_damaged_announcements(budget_s: float, dice: random.Random) -> None:
    """One that cannot be read is passed over: a newer release may say more than we understand."""
    seeds = [announcement.encode(kind, ids)[1] for kind in Kind for ids in ([], ["1", "22"], ["street-A"] * 50)]
    words = [b'"kind"', b'"readings"', b'"ids"', b"null", b"1e999", b"\\ud800", b"\xed\xa0\x80", b"[" * 2000]

    def check(payload: bytes) -> None:
        told = announcement.decode(payload)
        if told is None:
            return
        assert all(isinstance(one, str) for one in told.ids)
        assert msgspec.json.decode(msgspec.json.encode(told), type=Announcement) == told

    print(hammer(check, Mutator(seeds, words, dice).message, budget_s), "announcements")
