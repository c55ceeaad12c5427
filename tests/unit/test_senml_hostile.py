"""Messages that were found to hurt: each ended ingest, held it up for minutes, or hid what it said."""

import time

import cbor2
import pytest

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Reason
from floodcore.testing.five_streets import NOON
from floodcore.wire import senml
from floodcore.wire.senml import Pack
from floodcore.wire.senml_record import NAME_END
from floodcore.wire.senml_time import Arrival

MODULUS = (1 << 61) - 1  # Python's hash of a whole number is its rest by this
NUMBER_OF_80_000_BITS = cbor2.CBORTag(2, b"\xff" * 10_000)
MANY = 1 << 20
MOST_S = 0.5  # of the processor; the worst that is allowed, a pack of 10,000 records, takes 0.1


def read(payload: bytes, content_type: str | None = senml.CBOR) -> Pack:
    return senml.decode(payload, device_id="gauge-A", content_type=content_type, arrival=Arrival(at=NOON))


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


def test_a_long_version_is_told_in_short() -> None:
    [fault] = read(b'[{"bver":' + b"9" * 4000 + b',"n":"level","v":1}]', senml.JSON).faults
    assert len(fault.detail) < 200


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


def lists_of_one_hash(n: int) -> list[list[int]]:
    """Pairs of whole numbers that Python's hash of a tuple maps to one number: xxHash, run backwards."""
    seed, first, second, width = 2870177450012600261, 11400714785074694791, 14029467366897019727, 1 << 64
    found: list[list[int]] = []
    for left in range(1, 8 * n):
        mixed = (seed + left * second) % width
        mixed = ((mixed << 31 | mixed >> 33) * first) % width
        right = (12345 - mixed) * pow(second, -1, width) % width
        right -= width if right >= width // 2 else 0
        if abs(right) < MODULUS and right != -1:
            found.append([left, right])
    return found[:n]


def test_lists_that_all_have_one_hash_are_no_labels_of_a_large_pack() -> None:
    """16,000 of them took 8 s."""
    labels = lists_of_one_hash(4000)
    assert len({hash(tuple(label)) for label in labels}) == 1
    payload = b"\x81\xb9" + (4000).to_bytes(2) + b"".join(cbor2.dumps(label) + b"\0" for label in labels)
    began = time.thread_time()
    assert reasons(read(payload)) == [Reason.UNREADABLE]
    assert time.thread_time() - began < MOST_S


def test_a_large_pack_of_cbor_is_read() -> None:
    pack = read(cbor2.dumps([{0: "level", 2: 0.25, 6: -n} for n in range(10_000)]))
    assert len(pack.readings) == 10_000


@pytest.mark.parametrize("shows", [b"1e15", b"1e300"])
def test_a_clock_beyond_the_calendar_is_ahead(shows: bytes) -> None:
    pack = read(b'[{"n":"clock","v":' + shows + b'},{"n":"level","v":1}]', senml.JSON)
    assert [Flag(one.flags) for one in pack.readings] == [Flag.CLOCK_AHEAD]


def test_of_a_name_as_long_as_a_message_the_end_is_looked_at() -> None:
    pack = read(
        b'[{"n":"' + b"x" * 1_000_000 + b':level","v":1},{"n":"' + b"level" * NAME_END + b'","v":1}]', senml.JSON
    )
    assert len(pack.readings) == 1
    assert [fault.reason for fault in pack.faults] == [Reason.UNKNOWN_QUANTITY]


def test_half_a_surrogate_in_the_name_of_a_field_is_a_bad_record() -> None:
    pack = read(b'[{"n":"level","v":1},{"n":"level","v":2,"t":-1,"v\\ud800":2}]', senml.JSON)
    assert len(pack.readings) == 1
    assert [fault.reason for fault in pack.faults] == [Reason.BAD_RECORD]


@pytest.mark.parametrize("label", ["水\0\n", "x" * 100_000], ids=["letters", "length"])
def test_a_label_that_comes_twice_is_told_so_that_every_log_takes_it(label: str) -> None:
    twice = cbor2.dumps(label) + b"\x01"
    [fault] = read(b"\x81\xa2" + twice + twice).faults
    assert fault.detail.isascii()
    assert fault.detail.isprintable()
    assert len(fault.detail) < 200
