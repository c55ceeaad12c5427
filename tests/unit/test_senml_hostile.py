"""Messages that were found to hurt: each ended ingest, held it up for minutes, or hid what it said."""

import time

import cbor2
import pytest

from floodcore.domain.reading import Reason
from floodcore.testing.five_streets import NOON
from floodcore.wire import senml
from floodcore.wire.senml import Pack

MODULUS = (1 << 61) - 1  # Python's hash of a whole number is its rest by this
NUMBER_OF_80_000_BITS = cbor2.CBORTag(2, b"\xff" * 10_000)
MANY = 1 << 20
MOST_S = 0.5  # of the processor; the worst that is allowed, a pack of 10,000 records, takes 0.1


def read(payload: bytes, content_type: str | None = senml.CBOR) -> Pack:
    return senml.decode(payload, device_id="gauge-A", content_type=content_type, received_at=NOON)


def reasons(pack: Pack) -> list[Reason]:
    assert not pack.readings
    return [fault.reason for fault in pack.faults]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({-1: NUMBER_OF_80_000_BITS, 0: "level", 2: 1}, id="a version"),
        pytest.param({0: "level", 2: 1, 1 << 80_000: 1}, id="a label"),
    ],
)
def test_a_whole_number_of_more_digits_than_python_prints_is_no_error(record: object) -> None:
    assert reasons(read(cbor2.dumps([record]))) == [Reason.UNREADABLE]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(cbor2.CBORTag(4, [1000, cbor2.CBORTag(2, b"\xff" * 1_000_000)]), id="97 s: a decimal fraction"),
        pytest.param(cbor2.CBORTag(5, [1000, cbor2.CBORTag(2, b"\xff" * 1_000_000)]), id="97 s: a binary fraction"),
        pytest.param(cbor2.CBORTag(35, "[a-z]|" * 150_000), id="2 s: a regular expression"),
    ],
)
def test_a_value_that_takes_long_to_build_is_not_built(value: object) -> None:
    payload = cbor2.dumps([{0: "level", 2: value}])
    began = time.thread_time()
    assert reasons(read(payload)) == [Reason.UNREADABLE]
    assert time.thread_time() - began < MOST_S


def test_labels_that_all_have_one_hash_are_not_compared_with_each_other() -> None:
    """20,000 of them took 5 s, and a message may hold 80,000."""
    payload = b"\x81\xb9\x4e\x20" + b"".join(
        cbor2.dumps(k * MODULUS) + b"\0" for k in range(1 << 20, (1 << 20) + 20_000)
    )
    began = time.thread_time()
    assert reasons(read(payload)) == [Reason.UNREADABLE]
    assert time.thread_time() - began < MOST_S


def test_a_number_and_a_name_for_one_field_are_that_field_twice() -> None:
    assert reasons(read(cbor2.dumps([{0: "level", 2: 1, "v": 2}]))) == [Reason.UNREADABLE]
